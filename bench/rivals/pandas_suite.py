"""pandas by hand, strings as categories: `pandas_suite.py FILE [c|pyarrow]` (the CSV reader's engine)."""

import sys

import pandas as pd
from suite import CONTRACTS, PATTERN, conclude

path = sys.argv[1]
if path.endswith(".parquet"):
    frame = pd.read_parquet(path, read_dictionary=["contract"])
else:
    frame = pd.read_csv(path, dtype={"contract": "category"}, engine=sys.argv[2])

key, tenure, contract, spend = frame["customer_id"], frame["tenure"], frame["contract"], frame["monthly_spend"]
nulls = frame.isna().sum()
# A question about a category is a question about its few names.
names = contract.cat.categories
counts = contract.cat.codes.value_counts()
rows_of = pd.Series(counts.reindex(range(len(names)), fill_value=0).to_numpy(), index=names)
p50, p95 = spend.quantile([0.5, 0.95], interpolation="nearest")
filled = spend.notna()
conclude(
    list(frame.columns),
    pd.api.types.is_integer_dtype(tenure),
    {
        "rows": len(frame),
        **{f"null_{name}": int(count) for name, count in nulls.items()},
        "duplicates": int(key.duplicated().sum()),
        "mean_tenure": float(tenure.mean()),
        "mean_spend": float(spend.mean()),
        "stdev_spend": float(spend.std()),
        "tenure_outside": int((~tenure.between(0, 72)).sum()),
        "spend_outside": int((filled & ~spend.between(18, 180)).sum()),
        "contract_outside": int(rows_of[~names.isin(CONTRACTS)].sum()),
        "contract_unmatched": int(rows_of[~names.str.match(PATTERN)].sum()),
        "p50_spend": float(p50),
        "p95_spend": float(p95),
        "max_tenure": int(tenure.max()),
    },
    set(names[rows_of > 0]),
)
