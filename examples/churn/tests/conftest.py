"""Seeded frames for the tests: small, deterministic, with the quirks that real extracts have."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest


def make_raw(rows: int, seed: int = 11) -> pd.DataFrame:
    """`rows` customers as they would be read from CSV; churn depends on tenure, calls and contract."""
    random = np.random.default_rng(seed)
    contract = random.choice(["monthly", "annual", "multi-year"], size=rows, p=[0.55, 0.3, 0.15])
    tenure = random.integers(0, 73, size=rows)
    calls = random.poisson(1.5, size=rows)
    logit = -0.8 - 0.05 * tenure + 0.6 * calls + np.where(contract == "monthly", 1.0, -0.5)
    spend = np.round(random.gamma(4.0, 18.0, size=rows) + 5, 2)
    spend[random.random(rows) < 0.03] = np.nan
    return pd.DataFrame(
        {
            "customer_id": [f"C-{i:05d}" for i in range(rows)],
            "tenure_months": tenure,
            "monthly_spend": spend,
            "contract_type": contract,
            "is_enterprise": random.random(rows) < 0.2,
            "support_calls": calls,
            "last_login_hour": random.integers(0, 24, size=rows),
            "churned": (random.random(rows) < 1 / (1 + np.exp(-logit))).astype(int),
        }
    )


@pytest.fixture
def raw() -> pd.DataFrame:
    return make_raw(400)


@pytest.fixture
def csv(tmp_path, raw):
    path = tmp_path / "data" / "train.csv"
    path.parent.mkdir()
    raw.to_csv(path, index=False)
    return path
