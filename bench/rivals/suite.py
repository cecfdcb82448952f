"""What the rivals written by hand share: the suite's twenty checks, from figures that each computes in its own way."""

import json
import sys

COLUMNS = ["customer_id", "tenure", "contract", "monthly_spend", "paperless", "churned"]
CONTRACTS = ["month-to-month", "one-year", "two-year"]
PATTERN = "^[a-z]+(-[a-z]+)+$"


def conclude(columns: list[str], whole_tenure: bool, figures: dict[str, float], contracts: set[str]) -> None:
    """Judges as `suite.json` says and prints the figures. `nulls` and `unexpected` counts are rows."""
    f = figures
    filled = f["rows"] - f["null_monthly_spend"]
    checks = [
        1_000 <= f["rows"] <= 100_000_000,
        columns == COLUMNS,
        f["null_customer_id"] == 0,
        f["null_tenure"] == 0,
        f["null_contract"] == 0,
        f["null_paperless"] == 0,
        f["null_churned"] == 0,
        filled >= 0.95 * f["rows"],
        f["duplicates"] == 0,
        30 <= f["mean_tenure"] <= 42,
        90 <= f["mean_spend"] <= 130,
        20 <= f["stdev_spend"] <= 60,
        f["tenure_outside"] == 0,
        f["spend_outside"] <= 0.02 * filled,
        f["contract_outside"] == 0,
        f["contract_unmatched"] == 0,
        90 <= f["p50_spend"] <= 130 and 140 <= f["p95_spend"] <= 180,
        whole_tenure,
        60 <= f["max_tenure"] <= 72,
        contracts == set(CONTRACTS),
    ]
    json.dump({**figures, "passed": sum(bool(check) for check in checks)}, sys.stdout)
