"""Reference values for lib/core/statistics, by independent means: SciPy, scikit-learn, and DeLong from its definition.

Run from the repository's root; the result is kept so that tests need neither this script nor its packages:
    .venv/bin/python scripts/reference/statistics.py > test/core/statistics/reference.json
"""

import json
import platform

import numpy
import scipy
import sklearn
from scipy import optimize, stats
from sklearn.metrics import roc_auc_score


def kernel(positives, negatives):
    """DeLong's psi for every pair, in O(m n): 1 above, 1/2 tied, 0 below."""
    difference = positives[:, None] - negatives[None, :]
    return (difference > 0) + 0.5 * (difference == 0)


def delong(positives, negatives):
    """Areas and covariance matrix as in DeLong, DeLong and Clarke-Pearson (1988), straight from the definition."""
    components = [kernel(p, n) for p, n in zip(positives, negatives)]
    v10 = numpy.array([c.mean(axis=1) for c in components])
    v01 = numpy.array([c.mean(axis=0) for c in components])
    covariance = numpy.cov(v10) / v10.shape[1] + numpy.cov(v01) / v01.shape[1]
    return v10.mean(axis=1), covariance


def delong_case(name, positives, negatives, confidence):
    aucs, covariance = delong(positives, negatives)
    labels = numpy.r_[numpy.ones(len(positives[0])), numpy.zeros(len(negatives[0]))]
    for model, auc in enumerate(aucs):
        expected = roc_auc_score(labels, numpy.r_[positives[model], negatives[model]])
        assert abs(auc - expected) < 1e-12, (name, auc, expected)
    z = stats.norm.ppf((1 + confidence) / 2)
    difference = aucs[0] - aucs[1]
    error = numpy.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    logit_error = numpy.sqrt(covariance[0, 0]) / (aucs[0] * (1 - aucs[0]))
    logit = numpy.log(aucs[0] / (1 - aucs[0]))
    return {
        "name": name,
        "confidence": confidence,
        "positives": [p.tolist() for p in positives],
        "negatives": [n.tolist() for n in negatives],
        "auc": aucs.tolist(),
        "covariance": covariance.tolist(),
        "logitInterval": [float(1 / (1 + numpy.exp(-(logit + side * z * logit_error)))) for side in (-1, 1)],
        "difference": float(difference),
        "differenceInterval": [float(difference + side * z * error) for side in (-1, 1)],
        "pValue": float(2 * stats.norm.sf(abs(difference) / error)),
    }


def delong_cases(generator):
    def pair(m, n, shift, ties):
        base = [generator.normal(shift, 1, m), generator.normal(0, 1, n)]
        models = [[part + generator.normal(0, noise, len(part)) for part in base] for noise in (0.4, 0.7)]
        rounded = [[numpy.round(part, 1) if ties else part for part in model] for model in models]
        return [model[0] for model in rounded], [model[1] for model in rounded]

    return [
        delong_case("small", *pair(12, 9, 1.0, False), 0.95),
        delong_case("tied", *pair(40, 25, 0.8, True), 0.95),
        delong_case("unbalanced", *pair(6, 70, 1.5, True), 0.9),
        delong_case("strong", *pair(30, 30, 3.0, False), 0.99),
    ]


def newcombe(auc, m, n, confidence):
    z = stats.norm.ppf((1 + confidence) / 2)
    half = (m + n) / 2 - 1

    def outside(theta):
        variance = theta * (1 - theta) * (1 + half * ((1 - theta) / (2 - theta) + theta / (1 + theta))) / (m * n)
        return (auc - theta) ** 2 - z**2 * variance

    tiny = 1e-12
    low = 0.0 if auc == 0 else optimize.brentq(outside, tiny, auc - tiny, xtol=1e-14)
    high = 1.0 if auc == 1 else optimize.brentq(outside, auc + tiny, 1 - tiny, xtol=1e-14)
    return {"auc": auc, "m": m, "n": n, "confidence": confidence, "interval": [low, high]}


def wilson(successes, n, confidence):
    interval = stats.binomtest(successes, n).proportion_ci(confidence, method="wilson")
    return {"successes": successes, "n": n, "confidence": confidence, "interval": [interval.low, interval.high]}


def bootstrap(generator):
    """A mean's percentile interval with so many resamples that only Monte-Carlo error is left between two generators."""
    values = generator.gamma(2.0, 1.5, 60)
    result = stats.bootstrap(
        (values,), numpy.mean, n_resamples=100_000, confidence_level=0.95, method="percentile", rng=generator
    )
    interval = result.confidence_interval
    return {
        "values": values.tolist(),
        "confidence": 0.95,
        "interval": [float(interval.low), float(interval.high)],
        "standardError": float(result.standard_error),
    }


def main():
    generator = numpy.random.default_rng(20261103)
    points = [-40, -12.5, -8, -7.0710678, -5, -3.3, -1.96, -1, -0.5, -1e-3, 0, 0.3, 1, 1.6448536, 2.5758293, 4.2, 7.2, 9]
    shares = [1e-300, 1e-20, 1e-9, 1e-4, 0.01, 0.025, 0.0749, 0.0751, 0.3, 0.5, 0.8, 0.9251, 0.975, 0.995, 1 - 1e-9]
    numbers = numpy.round(generator.normal(0, 2, 30), 0)
    document = {
        "generator": {
            "python": platform.python_version(),
            "numpy": numpy.__version__,
            "scipy": scipy.__version__,
            "scikit-learn": sklearn.__version__,
        },
        "normalCdf": [[z, float(stats.norm.cdf(z))] for z in points],
        "normalQuantile": [[p, float(stats.norm.ppf(p))] for p in shares],
        "midRanks": {"values": numbers.tolist(), "ranks": stats.rankdata(numbers).tolist()},
        "wilson": [wilson(s, n, c) for s, n, c in [(0, 10, 0.95), (10, 10, 0.9), (81, 263, 0.95), (1, 1, 0.99), (3, 1409, 0.95)]],
        "newcombe": [newcombe(a, m, n, c) for a, m, n, c in [(1.0, 20, 30, 0.95), (0.0, 5, 8, 0.9), (0.85, 41, 60, 0.95)]],
        "delong": delong_cases(generator),
        "bootstrap": bootstrap(generator),
    }
    print(json.dumps(document, indent=1))


main()
