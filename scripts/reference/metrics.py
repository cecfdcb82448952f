"""Reference values for lib/core/model, computed by scikit-learn.

Run from the repository's root; the result is kept so that tests need neither this script nor its packages:
    .venv/bin/python scripts/reference/metrics.py > test/core/model/reference.json
"""

import json

import numpy
import sklearn
from sklearn import metrics


def binary_case(name, labels, scores, threshold):
    labels, scores = numpy.asarray(labels), numpy.asarray(scores, dtype=float)
    predicted = (scores >= threshold).astype(int)
    values = {
        "roc_auc": metrics.roc_auc_score(labels, scores),
        "accuracy": metrics.accuracy_score(labels, predicted),
        "log_loss": metrics.log_loss(labels, scores),
        "brier": metrics.brier_score_loss(labels, scores),
        "precision": metrics.precision_score(labels, predicted, zero_division=0),
        "recall": metrics.recall_score(labels, predicted),
        "f1": metrics.f1_score(labels, predicted),
    }
    return case(name, labels, scores, threshold, values)


def regression_case(name, labels, scores):
    labels, scores = numpy.asarray(labels, dtype=float), numpy.asarray(scores, dtype=float)
    values = {
        "mae": metrics.mean_absolute_error(labels, scores),
        "rmse": metrics.root_mean_squared_error(labels, scores),
        "r2": metrics.r2_score(labels, scores),
    }
    return case(name, labels, scores, 0.5, values)


def case(name, labels, scores, threshold, values):
    return {
        "name": name,
        "threshold": threshold,
        "targets": labels.tolist(),
        "scores": scores.tolist(),
        "metrics": {metric: float(value) for metric, value in values.items()},
    }


def roc(labels, scores):
    false_positives, true_positives, _ = metrics.roc_curve(labels, scores, drop_intermediate=False)
    return numpy.round(numpy.c_[false_positives, true_positives], 4).tolist()


def main():
    generator = numpy.random.default_rng(20261104)
    labels = generator.integers(0, 2, 80)
    scores = 1 / (1 + numpy.exp(-(labels - 0.5 + generator.normal(0, 1, 80))))
    tied = numpy.round(scores, 1)
    values = generator.normal(100, 20, 50)
    document = {
        "scikit-learn": sklearn.__version__,
        "binary": [
            binary_case("distinct scores", labels, scores, 0.5),
            binary_case("tied scores, some at the threshold", labels, tied, 0.6),
            binary_case("certain and wrong", [0, 1, 1, 0], [1.0, 0.0, 1.0, 0.2], 0.5),
            binary_case("nothing predicted positive", [0, 1, 1, 0], [0.1, 0.2, 0.3, 0.2], 0.5),
        ],
        "regression": [
            regression_case("noisy", values, values + generator.normal(0, 5, 50)),
            regression_case("worse than the mean", [1, 2, 3], [9, -4, 7]),
        ],
        "roc": {"targets": labels.tolist(), "scores": tied.tolist(), "points": roc(labels, tied)},
    }
    print(json.dumps(document, indent=1))


main()
