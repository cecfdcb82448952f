#!/usr/bin/env bash
# The workload's tests of one kind: `unit` or `integration`.
set -euo pipefail
cd "${CODEBUILD_SRC_DIR:-.}"
root="$PWD"
cd "$ASSAY_WORKLOAD"
export PYTHONPATH="$PWD/src:$PWD"
# A workload without such tests is told so; pytest ends with 5 when it found none.
mkdir -p "tests/$1"
status=0
"$root/.venv/bin/python" -m pytest "tests/$1" --junitxml "$root/reports/$1.xml" \
  --cov . --cov-append --cov-report term --cov-report "xml:$root/reports/coverage.xml" || status=$?
if [ "$status" = 5 ]; then echo "no tests in $ASSAY_WORKLOAD/tests/$1"; status=0; fi
exit "$status"
