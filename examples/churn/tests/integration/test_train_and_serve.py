"""Train, evaluate, save, then serve with the very functions that the containers call."""

import json

import inference
import train as training_script
from churn.evaluation import evaluate
from churn.loading import read_training_data
from churn.training import load


def test_from_csv_to_answers(csv, raw, tmp_path):
    model_dir = tmp_path / "model"
    training_script.main(["--train", str(csv.parent), "--model-dir", str(model_dir)])

    features, labels = read_training_data(csv)
    metrics = evaluate(load(model_dir), features, labels)
    assert metrics["roc_auc"] > 0.7

    model = inference.model_fn(model_dir)
    records = raw.drop(columns=["churned"]).astype(object).where(raw.notna(), None).head(5).to_dict("records")

    def answer(body, content_type):
        return inference.output_fn(inference.predict_fn(inference.input_fn(body, content_type), model), content_type)

    online, online_type = answer(json.dumps({"instances": records}), inference.JSON)
    batch, batch_type = answer("\n".join(json.dumps(record) for record in records).encode(), inference.JSON_LINES)

    assert (online_type, batch_type) == (inference.JSON, inference.JSON_LINES)
    scores = [prediction["score"] for prediction in json.loads(online)["predictions"]]
    assert scores == [json.loads(line)["score"] for line in batch.splitlines()]
    assert all(0 <= score <= 1 for score in scores)


def test_a_feature_subset_can_be_trained(csv, tmp_path):
    arguments = ["--train", str(csv.parent), "--model-dir", str(tmp_path), "--features", "last_login_hour"]
    training_script.main(arguments)
    features, labels = read_training_data(csv)
    assert evaluate(load(tmp_path), features, labels)["roc_auc"] < 0.65
