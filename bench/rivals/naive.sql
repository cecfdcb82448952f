-- The twenty expectations as anyone would write them: one aggregate over the whole table.
SELECT
  count(*) AS rows,
  count(*) - count(customer_id) AS null_customer_id,
  count(*) - count(tenure) AS null_tenure,
  count(*) - count(contract) AS null_contract,
  count(*) - count(monthly_spend) AS null_monthly_spend,
  count(*) - count(paperless) AS null_paperless,
  count(*) - count(churned) AS null_churned,
  count(customer_id) - count(DISTINCT customer_id) AS duplicates,
  avg(tenure) AS mean_tenure,
  avg(monthly_spend) AS mean_spend,
  stddev_samp(monthly_spend) AS stdev_spend,
  count(*) FILTER (WHERE tenure NOT BETWEEN 0 AND 72) AS tenure_outside,
  count(*) FILTER (WHERE monthly_spend NOT BETWEEN 18 AND 180) AS spend_outside,
  count(*) FILTER (WHERE contract NOT IN ('month-to-month', 'one-year', 'two-year')) AS contract_outside,
  count(*) FILTER (WHERE NOT regexp_matches(contract, '^[a-z]+(-[a-z]+)+$')) AS contract_unmatched,
  quantile_cont(monthly_spend, 0.5) AS p50_spend,
  quantile_cont(monthly_spend, 0.95) AS p95_spend,
  max(tenure) AS max_tenure,
  list(DISTINCT contract) AS contracts
FROM $FILE
