"""Reference intervals for lib/core/statistics/bootstrap.ts from SciPy's bootstrap: one sample and two strata, BCa and percentile.

Run from the repository's root; the result is kept so that tests need neither this script nor its packages:
    .venv/bin/python scripts/reference/bootstrap.py > test/core/statistics/bootstrap-reference.json
"""

import json

import numpy
from scipy import stats
from sklearn.metrics import roc_auc_score

RESAMPLES = 100_000



def case(name, samples, statistic, generator):
    found = {"name": name, "samples": [sample.tolist() for sample in samples], "confidence": 0.9}
    for method in ["percentile", "BCa"]:
        result = stats.bootstrap(
            samples, statistic, n_resamples=RESAMPLES, confidence_level=0.9, method=method, rng=generator, vectorized=True
        )
        found[method] = [float(result.confidence_interval.low), float(result.confidence_interval.high)]
        found["standardError"] = float(result.standard_error)
    return found


def area(positives, negatives, axis=-1):
    difference = positives[..., :, None] - negatives[..., None, :]
    return ((difference > 0) + 0.5 * (difference == 0)).mean(axis=(-2, -1))


def area_case(generator):
    positives = numpy.round(generator.normal(1.2, 1, 18), 1)
    negatives = numpy.round(generator.normal(0, 1, 30), 1)
    labels = numpy.r_[numpy.ones(18), numpy.zeros(30)]
    assert abs(area(positives, negatives) - roc_auc_score(labels, numpy.r_[positives, negatives])) < 1e-12
    return case("area", (positives, negatives), area, generator)


def main():
    generator = numpy.random.default_rng(20261121)
    gamma = generator.gamma(1.5, 2.0, 45)
    document = {
        "mean": case("mean", (gamma,), lambda x, axis=-1: x.mean(axis=axis), generator),
        "ratio": case(
            "ratio",
            (generator.gamma(2.0, 1.0, 25), generator.gamma(3.0, 1.0, 60)),
            lambda x, y, axis=-1: x.mean(axis=axis) / y.mean(axis=axis),
            generator,
        ),
        "area": area_case(generator),
    }
    print(json.dumps(document, indent=1))


main()
