"""SageMaker inference script: JSON for requests, JSON Lines for batch transform."""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "src"))

import sklearn  # noqa: E402

from churn.loading import frame_from_records  # noqa: E402
from churn.training import load  # noqa: E402

# The pipeline's parameters were checked when it was fitted; checking them again takes a tenth of every request.
sklearn.set_config(skip_parameter_validation=True)

JSON = "application/json"
JSON_LINES = "application/jsonlines"


def model_fn(model_dir):
    """Loads the pipeline; refuses an environment other than the one that trained it."""
    return load(Path(model_dir))


def input_fn(body, content_type):
    """`{"instances": [{column: value}]}`, or one JSON object a line."""
    text = body.decode("utf-8") if isinstance(body, (bytes, bytearray)) else body
    if content_type == JSON:
        records = json.loads(text)["instances"]
    elif content_type == JSON_LINES:
        records = [json.loads(line) for line in text.split("\n") if line.strip()]
    else:
        raise ValueError(f"content type {content_type!r}; allowed: {JSON}, {JSON_LINES}")
    return frame_from_records(records)


def predict_fn(features, model):
    """Probability of churn, shape (n,)."""
    return model.predict_proba(features)[:, 1]


def output_fn(scores, accept):
    """`{"predictions": [{"score": p}]}`, or one `{"score": p}` a line."""
    predictions = [{"score": float(score)} for score in scores]
    if accept == JSON_LINES:
        return "".join(json.dumps(prediction) + "\n" for prediction in predictions), JSON_LINES
    return json.dumps({"predictions": predictions}), JSON
