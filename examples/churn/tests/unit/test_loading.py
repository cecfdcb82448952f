import numpy as np
import pytest

from churn import schema
from churn.loading import SchemaError, frame_from_records, read_training_data, to_features


def record(**changes):
    base = {
        "tenure_months": 3,
        "monthly_spend": 49.9,
        "contract_type": "monthly",
        "is_enterprise": False,
        "support_calls": 1,
        "last_login_hour": 20,
    }
    return {**base, **changes}


def test_reads_features_and_labels(csv, raw):
    features, labels = read_training_data(csv)
    assert list(features.columns) == list(schema.FEATURES)
    assert labels.tolist() == raw["churned"].tolist()
    np.testing.assert_allclose(features["monthly_spend"], raw["monthly_spend"])


def test_csv_and_json_rows_give_the_same_features(csv, raw):
    from_csv, _ = read_training_data(csv)
    records = raw.astype(object).where(raw.notna(), None).to_dict("records")
    assert frame_from_records(records).astype(str).equals(from_csv.astype(str))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"contract_type": "weekly"}, "contract_type: 'weekly' is not one of annual, monthly, multi-year"),
        ({"last_login_hour": 24}, "last_login_hour: 24.0 is not an hour from 0 to 23"),
        ({"monthly_spend": "a lot"}, "monthly_spend: 'a lot' is not a number"),
        ({"tenure_months": float("inf")}, "tenure_months: inf is not a finite number"),
        ({"is_enterprise": "maybe"}, "is_enterprise: 'maybe' is not true or false"),
    ],
)
def test_names_column_value_and_what_is_allowed(change, message):
    with pytest.raises(SchemaError, match=message):
        frame_from_records([record(**change)])


def test_a_missing_column_is_named():
    row = record()
    del row["support_calls"]
    with pytest.raises(SchemaError, match="missing columns: support_calls"):
        frame_from_records([row])


def test_null_values_are_allowed_in_features():
    assert frame_from_records([record(monthly_spend=None, contract_type=None)])["monthly_spend"].isna().all()


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("customer_id", None, "customer_id is empty in 1 rows"),
        ("customer_id", "C-00001", "customer_id is not unique, e.g. 'C-00001'"),
        ("churned", None, "churned is empty in 1 rows"),
    ],
)
def test_training_data_needs_unique_keys_and_labels(tmp_path, raw, column, value, message):
    broken = raw.astype(object)
    broken.loc[0, column] = value
    broken.to_csv(tmp_path / "train.csv", index=False)
    with pytest.raises(SchemaError, match=message):
        read_training_data(tmp_path / "train.csv")


def test_to_features_does_not_change_its_input(raw):
    before = raw.copy()
    to_features(raw)
    assert raw.equals(before)
