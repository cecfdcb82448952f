#!/usr/bin/env bash
# Tests of the infrastructure, where this repository holds Assay.
set -euo pipefail
cd "${CODEBUILD_SRC_DIR:-.}"
if [ "${ASSAY_INFRASTRUCTURE_TESTS:-0}" != 1 ]; then exit 0; fi
JEST_JUNIT_OUTPUT_DIR=reports JEST_JUNIT_OUTPUT_NAME=infrastructure.xml \
  npx jest --selectProjects infrastructure --reporters default --reporters jest-junit --coverage --coverageProvider v8 \
  --coverageReporters cobertura --coverageDirectory reports/infrastructure-coverage
