#!/usr/bin/env bash
# Installs the workload's requirements. Packages that cannot be installed are a failed test, so that whoever reads the
# report learns which.
set -euo pipefail
cd "${CODEBUILD_SRC_DIR:-.}"
mkdir -p reports
status=0
if [ -f "$ASSAY_WORKLOAD/requirements.txt" ]; then
  UV_LINK_MODE=copy .venv/bin/uv pip install --quiet --python .venv/bin/python \
    --requirement "$ASSAY_WORKLOAD/requirements.txt" pytest==9.0.2 pytest-cov==7.1.0 > reports/packages.log 2>&1 || status=$?
else
  echo "there is no such file" > reports/packages.log; status=1
fi
cat reports/packages.log
if [ "$status" != 0 ]; then
  python3 -c '
import re, xml.sax.saxutils as xml
said = open("reports/packages.log", encoding="utf-8", errors="replace").read()
said = " ".join(re.sub(r"[^ -~\s]", "", said).split())[:500]
case = f"<testcase name=\"requirements.txt\"><error message={xml.quoteattr(said)}/></testcase>"
open("reports/packages.xml", "w").write(f"<testsuite name=\"packages\" tests=\"1\" errors=\"1\">{case}</testsuite>")
'
fi
exit "$status"
