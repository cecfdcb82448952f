"""Reference values for tests and intervals of proportions and quantiles, by SciPy and by brute force: likelihoods are maximised
and score tests inverted numerically, instead of by the closed forms of lib/core/statistics.

Run from the repository's root; the result is kept so that tests need neither this script nor its packages:
    .venv/bin/python scripts/reference/comparisons.py > test/core/statistics/comparisons.json
"""

import itertools
import json

import numpy
from scipy import optimize, stats


def mcnemar(b, c):
    n = b + c
    if b == c:
        mid = 1 - stats.binom.pmf(b, n, 0.5)
    else:
        # Both tails, the observed outcome half in each.
        mid = 2 * (stats.binom.cdf(min(b, c), n, 0.5) - 0.5 * stats.binom.pmf(b, n, 0.5))
    return {
        "onlyFirst": b,
        "onlySecond": c,
        "exact": stats.binomtest(b, n, 0.5).pvalue,
        "midP": float(mid),
        "asymptotic": float(stats.chi2.sf((b - c) ** 2 / n, 1)),
    }


def paired_score(b, c, n, delta):
    """(p12 - p21 - delta)/se at the p21 that maximises the trinomial likelihood, found numerically."""

    def minus_log_likelihood(q):
        cells = [(b, q + delta), (c, q), (n - b - c, 1 - 2 * q - delta)]
        return -sum(count * numpy.log(max(p, 1e-300)) for count, p in cells if count > 0)

    low, high = max(0.0, -delta), (1 - delta) / 2
    q = optimize.minimize_scalar(minus_log_likelihood, bounds=(low, high), method="bounded", options={"xatol": 1e-13}).x
    return (b - c - n * delta) / numpy.sqrt(n * (2 * q + delta * (1 - delta)))


def invert(score, estimate, outer, z):
    return optimize.brentq(lambda x: abs(score(x)) - z, estimate, outer, xtol=1e-12)


def tango(b, c, n, confidence):
    z, estimate, score = stats.norm.ppf((1 + confidence) / 2), (b - c) / n, lambda d: paired_score(b, c, n, d)
    return {
        "onlyFirst": b,
        "onlySecond": c,
        "n": n,
        "confidence": confidence,
        "interval": [invert(score, estimate, -1 + 1e-9, z), invert(score, estimate, 1 - 1e-9, z)],
    }


def ratio_score(x, m, y, n, ratio):
    def minus_log_likelihood(p2):
        p1 = ratio * p2
        cells = [(x, p1), (m - x, 1 - p1), (y, p2), (n - y, 1 - p2)]
        return -sum(count * numpy.log(max(p, 1e-300)) for count, p in cells if count > 0)

    p2 = optimize.minimize_scalar(minus_log_likelihood, bounds=(0, min(1, 1 / ratio)), method="bounded", options={"xatol": 1e-14}).x
    p1 = ratio * p2
    return (x / m - ratio * y / n) / numpy.sqrt(p1 * (1 - p1) / m + ratio**2 * p2 * (1 - p2) / n)


def koopman(x, m, y, n, confidence):
    z, estimate = stats.norm.ppf((1 + confidence) / 2), (x / m) / (y / n)
    score = lambda r: ratio_score(x, m, y, n, numpy.exp(r))
    log = numpy.log(estimate)
    return {
        "first": {"successes": x, "n": m},
        "second": {"successes": y, "n": n},
        "confidence": confidence,
        "interval": [float(numpy.exp(invert(score, log, log - 6, z))), float(numpy.exp(invert(score, log, log + 6, z)))],
    }


def wilson(x, n, confidence):
    interval = stats.binomtest(x, n).proportion_ci(confidence, "wilson")
    return interval.low, interval.high


def newcombe(x, m, y, n, confidence):
    (l1, u1), (l2, u2), p1, p2 = wilson(x, m, confidence), wilson(y, n, confidence), x / m, y / n
    low = p1 - p2 - ((p1 - l1) ** 2 + (u2 - p2) ** 2) ** 0.5
    return {
        "first": {"successes": x, "n": m},
        "second": {"successes": y, "n": n},
        "confidence": confidence,
        "interval": [low, p1 - p2 + ((u1 - p1) ** 2 + (p2 - l2) ** 2) ** 0.5],
    }


def holm(p_values):
    """As the closed test that it is: a hypothesis falls if Bonferroni rejects every intersection that it is part of."""
    m = len(p_values)
    subsets = [s for size in range(1, m + 1) for s in itertools.combinations(range(m), size)]
    adjusted = [max(min(1.0, len(s) * min(p_values[j] for j in s)) for s in subsets if i in s) for i in range(m)]
    return {"pValues": p_values, "adjusted": adjusted}


def quantile(n, p, confidence):
    """Ranks of SciPy's interval, from the values 1 … n."""
    values = numpy.arange(1, n + 1, dtype=float)
    interval = stats.quantile_test(values, q=0, p=p).confidence_interval(confidence)
    ranks = [None if numpy.isnan(bound) else float(bound) for bound in (interval.low, interval.high)]
    return {"n": n, "p": p, "confidence": confidence, "value": float(numpy.quantile(values, p)), "ranks": ranks}


def main():
    generator = numpy.random.default_rng(20261122)
    document = {
        "mcnemar": [mcnemar(b, c) for b, c in [(1, 7), (0, 3), (5, 5), (1, 0), (59, 6), (130, 92), (1200, 1100)]],
        "tango": [
            tango(*case) for case in [(1, 7, 21, 0.95), (6, 16, 161, 0.95), (40, 20, 160, 0.9), (300, 250, 5000, 0.99), (12, 2, 50, 0.95), (2, 1, 4, 0.8)]
        ],
        "koopman": [koopman(*case) for case in [(36, 40, 16, 80, 0.95), (5, 30, 9, 31, 0.9), (400, 1000, 380, 990, 0.99), (1, 12, 2, 9, 0.95)]],
        "newcombe": [newcombe(*case) for case in [(56, 70, 48, 80, 0.95), (9, 10, 3, 10, 0.95), (6, 7, 2, 7, 0.9), (410, 999, 380, 901, 0.99)]],
        "holm": [holm([0.01, 0.04, 0.03, 0.005]), holm([0.5]), holm([0.2, 0.2, 0.001, 1.0]), holm(numpy.round(generator.random(7) ** 4, 4).tolist())],
        "quantile": [
            quantile(n, p, c) for n in (20, 59, 101, 1000, 4999) for p in (0.5, 0.95, 0.99) for c in (0.9, 0.95)
        ],
    }
    print("{\n" + ",\n".join(f'"{name}": {json.dumps(rows)}' for name, rows in document.items()) + "\n}")


main()
