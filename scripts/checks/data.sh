#!/usr/bin/env bash
# Judges the golden data that gates.yaml of this commit pins: its bytes, its expectations, and its drift where gates.yaml
# declares one. With this repository's own command line, or where it holds none with the deployed one.
set -euo pipefail
cd "${CODEBUILD_SRC_DIR:-.}"
assay=(node --import tsx bin/assay.ts)
if [ -n "${ASSAY_CLI_URI:-}" ]; then
  tools="$(mktemp -d)"
  for uri in "$ASSAY_CLI_URI" "$ASSAY_DUCKDB_URI"; do
    aws s3 cp --only-show-errors "$uri" "$tools/tool.zip"
    python3 -m zipfile -e "$tools/tool.zip" "$tools"
  done
  assay=(node "$tools/assay.js")
fi
"${assay[@]}" check data --workload "$ASSAY_WORKLOAD" --reports reports
