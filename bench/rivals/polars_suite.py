"""polars by hand, one lazy select: `polars_suite.py FILE`."""

import sys

import polars as pl
from suite import COLUMNS, CONTRACTS, PATTERN, conclude

path = sys.argv[1]
lazy = pl.scan_parquet(path) if path.endswith(".parquet") else pl.scan_csv(path)
tenure, contract, spend = pl.col("tenure"), pl.col("contract"), pl.col("monthly_spend")
schema = lazy.collect_schema()
row = (
    lazy.select(
        pl.len().alias("rows"),
        *(pl.col(name).null_count().alias(f"null_{name}") for name in COLUMNS),
        (pl.len() - pl.col("customer_id").n_unique()).alias("duplicates"),
        tenure.mean().alias("mean_tenure"),
        spend.mean().alias("mean_spend"),
        spend.std().alias("stdev_spend"),
        (~tenure.is_between(0, 72)).sum().alias("tenure_outside"),
        (~spend.is_between(18, 180)).sum().alias("spend_outside"),
        (~contract.is_in(CONTRACTS)).sum().alias("contract_outside"),
        (~contract.str.contains(PATTERN)).sum().alias("contract_unmatched"),
        spend.quantile(0.5, "nearest").alias("p50_spend"),
        spend.quantile(0.95, "nearest").alias("p95_spend"),
        tenure.max().alias("max_tenure"),
        contract.unique().implode().alias("contracts"),
    )
    .collect()
    .row(0, named=True)
)
contracts = set(row.pop("contracts"))
conclude(schema.names(), schema["tenure"].is_integer(), row, contracts)
