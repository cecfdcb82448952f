"""The columns of the churn data and what they may hold."""

KEY = "customer_id"
LABEL = "churned"
NUMERIC = ("tenure_months", "monthly_spend", "support_calls")
CYCLICAL = ("last_login_hour",)
CATEGORICAL = ("contract_type",)
BOOLEAN = ("is_enterprise",)
FEATURES = (*NUMERIC, *CYCLICAL, *CATEGORICAL, *BOOLEAN)

CONTRACT_TYPES = frozenset({"monthly", "annual", "multi-year"})
HOURS_PER_DAY = 24
