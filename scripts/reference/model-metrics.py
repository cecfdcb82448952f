"""Reference values for lib/core/model/metrics, computed by scikit-learn from many small data sets: ties, weights, rows of
weight 0, probabilities of 0 and 1, classes that are never predicted, imbalance.

Run from the repository's root; the result is kept so that tests need neither this script nor its packages:
    .venv/bin/python scripts/reference/model-metrics.py > test/core/model/metrics/reference.json

A metric that scikit-learn refuses, or for which it warns that it is ill-defined, is null here.
"""

import json
import warnings

import numpy
import sklearn
from sklearn import metrics
from sklearn.exceptions import UndefinedMetricWarning


def value(compute):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", UndefinedMetricWarning)
        try:
            result = float(compute())
        except (ValueError, UndefinedMetricWarning):
            return None
    return None if numpy.isnan(result) else result


def calibration_error(confidence, right, weights, edges):
    """Bins ((b-1)/B, b/B] by searching the edges."""
    bins = numpy.clip(numpy.searchsorted(edges, confidence, side="left") - 1, 0, len(edges) - 2)
    total = 0.0
    for b in range(len(edges) - 1):
        inside = bins == b
        if weights[inside].sum() > 0:
            gap = numpy.average(confidence[inside], weights=weights[inside]) - numpy.average(right[inside], weights=weights[inside])
            total += weights[inside].sum() * abs(gap)
    return total / weights.sum()


def equal_mass_error(confidence, right, weights, bins):
    """Groups of equal confidence go to the bin that holds the middle of their weight."""
    total, before, sums = weights.sum(), 0.0, numpy.zeros(bins)
    for p in numpy.unique(confidence):
        inside = confidence == p
        own = weights[inside].sum()
        b = min(bins - 1, int(bins * (before + own / 2) / total))
        sums[b] += (weights[inside] * (p - right[inside])).sum()
        before += own
    return abs(sums).sum() / total


def lift(labels, scores, weights, share):
    """By random order among equal scores, in expectation: each tie contributes its share."""
    left, found = share * weights.sum(), 0.0
    for score in sorted(set(scores.tolist()), reverse=True):
        inside = scores == score
        own = weights[inside].sum()
        if own == 0:
            continue
        part = min(1.0, left / own)
        found += part * (weights[inside] * labels[inside]).sum()
        left -= part * own
        if left <= 0:
            break
    return found / (share * weights.sum()) / numpy.average(labels, weights=weights)


def binary(labels, scores, weights, threshold, share):
    w = numpy.ones(len(labels)) if weights is None else weights
    predicted = (scores >= threshold).astype(int)
    both = len(set(labels.tolist())) == 2

    def ks():
        false_positives, true_positives, _ = metrics.roc_curve(labels, scores, sample_weight=weights, drop_intermediate=False)
        return max(true_positives - false_positives)

    of_class = lambda f, **options: value(lambda: f(labels, predicted, sample_weight=weights, **options))
    found = {
        "roc_auc": value(lambda: metrics.roc_auc_score(labels, scores, sample_weight=weights)),
        "accuracy": of_class(metrics.accuracy_score),
        "brier": value(lambda: metrics.brier_score_loss(labels, scores, sample_weight=weights, pos_label=1)),
        "ece": calibration_error(scores, labels, w, numpy.arange(11) / 10),
        "ece_15": calibration_error(scores, labels, w, numpy.arange(16) / 15),
        "ece_equal_mass_4": equal_mass_error(scores, labels, w, 4),
    }
    if not both:
        return found
    positives = w[labels == 1].sum() > 0
    return found | {
        "pr_auc": value(lambda: metrics.average_precision_score(labels, scores, sample_weight=weights)),
        "balanced_accuracy": of_class(metrics.balanced_accuracy_score),
        "precision": of_class(metrics.precision_score),
        "recall": of_class(metrics.recall_score),
        "f1": of_class(metrics.f1_score),
        # scikit-learn returns 0 without a warning where one class only is predicted.
        "mcc": of_class(metrics.matthews_corrcoef) if len(set(predicted[w > 0].tolist())) == 2 else None,
        "cohen_kappa": of_class(metrics.cohen_kappa_score),
        "log_loss": value(lambda: metrics.log_loss(labels, scores, sample_weight=weights)),
        "ks": value(ks),
        "lift": lift(labels, scores, w, share) if positives else None,
    }


def multiclass(labels, probabilities, weights):
    classes = list(range(probabilities.shape[1]))
    predicted = probabilities.argmax(axis=1)
    w = numpy.ones(len(labels)) if weights is None else weights
    confidence = probabilities.max(axis=1)
    of_class = lambda f, **options: value(lambda: f(labels, predicted, sample_weight=weights, **options))
    found = {
        "accuracy": of_class(metrics.accuracy_score),
        "brier": value(lambda: metrics.brier_score_loss(labels, probabilities, sample_weight=weights, labels=classes)),
        "ece": calibration_error(confidence, (predicted == labels).astype(float), w, numpy.arange(11) / 10),
        "mcc": of_class(metrics.matthews_corrcoef) if len(set(predicted.tolist())) > 1 else None,
        "cohen_kappa": of_class(metrics.cohen_kappa_score),
        "log_loss": value(lambda: metrics.log_loss(labels, probabilities, sample_weight=weights, labels=classes)),
        "balanced_accuracy": value(
            lambda: metrics.balanced_accuracy_score(labels, predicted, sample_weight=weights)
        ),
    }
    for name, f in {"precision": metrics.precision_score, "recall": metrics.recall_score, "f1": metrics.f1_score}.items():
        for average in ("macro", "weighted", "micro"):
            # A class without rows weighs nothing in the weighted recall, whatever its own 0/0 is taken for.
            options = {"zero_division": 0} if (name, average) == ("recall", "weighted") else {}
            found[f"{name}_{average}"] = of_class(f, average=average, **options)
    if len(set(labels.tolist())) == len(classes):
        for name, average in {"roc_auc_ovr": "macro", "roc_auc_ovr_weighted": "weighted"}.items():
            # scikit-learn has no sample weights for the weighted average by prevalence of weight; it weighs by rows.
            if weights is None or average == "macro":
                areas = [metrics.roc_auc_score(labels == c, probabilities[:, c], sample_weight=weights) for c in classes]
                shares = [w[labels == c].sum() for c in classes] if average == "weighted" else None
                found[name] = float(numpy.average(areas, weights=shares))
            if weights is None:
                assert abs(found[name] - metrics.roc_auc_score(labels, probabilities, multi_class="ovr", average=average)) < 1e-12
    return found


def regression(labels, predictions, weights):
    found = {
        "mae": metrics.mean_absolute_error,
        "rmse": metrics.root_mean_squared_error,
        "r2": metrics.r2_score,
        "mape": metrics.mean_absolute_percentage_error,
        "pinball": metrics.mean_pinball_loss,
    }
    values = {name: value(lambda f=f: f(labels, predictions, sample_weight=weights)) for name, f in found.items()}
    if len(set(labels.tolist())) == 1:
        values["r2"] = None
    return values | {
        "pinball_0.9": float(metrics.mean_pinball_loss(labels, predictions, sample_weight=weights, alpha=0.9)),
    }


def listed(values, digits=None):
    if values is None:
        return None
    return [int(v) if float(v).is_integer() else round(float(v), digits or 17) for v in values]


def weights_for(generator, n, kind):
    if kind == 0:
        return None
    if kind == 1:
        return numpy.round(generator.uniform(0.1, 3, n), 2)
    return generator.integers(0, 4, n).astype(float)


def binary_cases(generator):
    for index in range(36):
        n = int(generator.integers(2, 40))
        labels = (generator.random(n) < generator.choice([0.1, 0.5, 0.8])).astype(int)
        raw = 1 / (1 + numpy.exp(-(labels - 0.5 + generator.normal(0, 1.3, n))))
        scores = numpy.round(raw, int(generator.integers(0, 4)))
        weights = weights_for(generator, n, index % 3)
        if weights is not None and (weights.sum() == 0 or any(weights[labels == c].sum() == 0 for c in set(labels.tolist()))):
            continue
        threshold, share = float(generator.choice([0.3, 0.5, 0.6])), float(generator.choice([0.1, 0.25, 1.0]))
        yield {
            "labels": listed(labels),
            "scores": listed(scores),
            "weights": listed(weights),
            "threshold": threshold,
            "share": share,
            "values": binary(labels, scores, weights, threshold, share),
        }


def multiclass_cases(generator):
    for index in range(24):
        n, k = int(generator.integers(4, 30)), int(generator.integers(3, 6))
        labels = generator.integers(0, k, n)
        logits = numpy.round(generator.normal(0, 1, (n, k)), 1) + 1.2 * numpy.eye(k)[labels]
        probabilities = numpy.exp(logits) / numpy.exp(logits).sum(axis=1, keepdims=True)
        if index % 4 == 3:
            probabilities = numpy.round(probabilities, 1)
            probabilities /= probabilities.sum(axis=1, keepdims=True)
        weights = weights_for(generator, n, index % 2)
        yield {
            "labels": listed(labels),
            "columns": [listed(column) for column in probabilities.T],
            "weights": listed(weights),
            "values": multiclass(labels, probabilities, weights),
        }


def regression_cases(generator):
    for index in range(15):
        n = int(generator.integers(2, 30))
        labels = numpy.round(generator.normal(generator.choice([0, 100, 1e6]), 20, n), 1)
        if index == 7:
            labels = numpy.full(n, 3.0)
        predictions = numpy.round(labels + generator.normal(2, 8, n), 1)
        weights = weights_for(generator, n, index % 2)
        if index == 5:
            labels[0] = 0.0
        yield {
            "labels": listed(labels),
            "predictions": listed(predictions),
            "weights": listed(weights),
            "values": regression(labels, predictions, weights),
        }


def main():
    generator = numpy.random.default_rng(20261121)
    document = {
        "scikit-learn": sklearn.__version__,
        "binary": list(binary_cases(generator)),
        "multiclass": list(multiclass_cases(generator)),
        "regression": list(regression_cases(generator)),
    }
    lines = [f'"scikit-learn": "{document["scikit-learn"]}"']
    for task in ("binary", "multiclass", "regression"):
        lines.append(f'"{task}": [\n' + ",\n".join(json.dumps(case) for case in document[task]) + "\n]")
    print("{\n" + ",\n".join(lines) + "\n}")


main()
