"""Smoke test of a live endpoint: `CHURN_ENDPOINT=churn-staging pytest tests/smoke`. AWS settings as usual."""

import json
import os

import boto3

ENDPOINT = os.environ.get("CHURN_ENDPOINT")


def test_the_endpoint_answers_with_a_probability():
    assert ENDPOINT, "set CHURN_ENDPOINT to the endpoint's name"
    row = {
        "tenure_months": 2,
        "monthly_spend": 80.0,
        "contract_type": "monthly",
        "is_enterprise": False,
        "support_calls": 5,
        "last_login_hour": 23,
    }
    answer = boto3.client("sagemaker-runtime").invoke_endpoint(
        EndpointName=ENDPOINT, ContentType="application/json", Accept="application/json", Body=json.dumps({"instances": [row]})
    )
    predictions = json.loads(answer["Body"].read())["predictions"]
    assert len(predictions) == 1
    assert 0 <= predictions[0]["score"] <= 1
