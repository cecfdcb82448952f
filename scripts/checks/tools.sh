#!/usr/bin/env bash
# What the checks run with: npm packages where this repository holds Assay, and a Python environment for the workload.
# The other scripts here are run after it, in the same folder, which is the root of the repository.
set -euo pipefail
cd "${CODEBUILD_SRC_DIR:-.}"
mkdir -p reports
if [ "${ASSAY_INFRASTRUCTURE_TESTS:-0}" = 1 ]; then npm ci --prefer-offline --no-audit --no-fund; fi
python3 -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.8
