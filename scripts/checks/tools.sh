#!/usr/bin/env bash
# What the checks run with: npm packages where this repository holds Assay, and a Python environment for the workload.
# The other scripts here are run after it, in the same folder, which is the root of the repository.
set -euo pipefail
cd "${CODEBUILD_SRC_DIR:-.}"
mkdir -p reports
if [ "${ASSAY_INFRASTRUCTURE_TESTS:-0}" = 1 ]; then npm ci --prefer-offline --no-audit --no-fund; fi
# uv makes an environment with pip in a tenth of the time of `python -m venv`. Where its folder is cached, the next build
# has it; it is moved there whole, because builds of one machine share it.
version=0.13.8
uv="$HOME/.cache/assay/uv-$version"
if [ ! -x "$uv" ]; then
  mkdir -p "${uv%/*}"
  fetched="$(mktemp -d "$uv.XXXXXX")"
  trap 'rm -rf "$fetched"' EXIT
  python3 -m pip install --quiet --disable-pip-version-check --target "$fetched" "uv==$version"
  mv -f "$fetched/bin/uv" "$uv"
fi
"$uv" venv --quiet --clear --seed --python "$(python3 -c 'import sys; print(sys.executable)')" .venv
ln -s "$uv" .venv/bin/uv
