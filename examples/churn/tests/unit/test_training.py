import json

import numpy as np
import pytest

from churn import environment
from churn.environment import EnvironmentMismatch
from churn.evaluation import evaluate
from churn.loading import to_features
from churn.training import TrainingOptions, load, save, train


def test_training_is_reproducible(raw):
    features, labels = to_features(raw), raw["churned"]
    first = train(features, labels, TrainingOptions()).predict_proba(features)
    second = train(features, labels, TrainingOptions()).predict_proba(features)
    np.testing.assert_array_equal(first, second)


def test_saved_and_loaded_model_predicts_the_same(raw, tmp_path):
    features = to_features(raw)
    pipeline = train(features, raw["churned"], TrainingOptions())
    save(pipeline, tmp_path)
    np.testing.assert_array_equal(load(tmp_path).predict_proba(features), pipeline.predict_proba(features))


def test_loading_refuses_another_environment(raw, tmp_path):
    save(train(to_features(raw), raw["churned"], TrainingOptions()), tmp_path)
    saved = json.loads((tmp_path / environment.FILE).read_text())
    saved["packages"]["scikit-learn"] = "0.1"
    (tmp_path / environment.FILE).write_text(json.dumps(saved))
    with pytest.raises(EnvironmentMismatch, match=r"saved with scikit-learn 0\.1 \(here "):
        load(tmp_path)


def test_loading_refuses_a_model_without_fingerprint(tmp_path):
    with pytest.raises(EnvironmentMismatch, match=r"has no environment\.json"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("options", "message"),
    [({"regularization": 0}, "regularization is 0; it must be positive"), ({"features": ("age",)}, "features: age; allowed: ")],
)
def test_options_are_checked(options, message):
    with pytest.raises(ValueError, match=message):
        TrainingOptions(**options)


def test_one_class_is_refused(raw):
    features = to_features(raw)
    with pytest.raises(ValueError, match="one class only"):
        train(features, raw["churned"] * 0, TrainingOptions())
    with pytest.raises(ValueError, match="both classes"):
        evaluate(train(features, raw["churned"], TrainingOptions()), features, raw["churned"] * 0)
