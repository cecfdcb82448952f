"""Reference values for the distribution functions of lib/core/statistics, by mpmath with 70 digits (SciPy itself is off by
2e-12 in places), asserted to agree with SciPy to 1e-10.

Run from the repository's root; the result is kept so that tests need neither this script nor its packages:
    .venv/bin/python scripts/reference/distributions.py > test/core/statistics/distributions.json
"""

import json

import mpmath
import numpy
from mpmath import mpf
from scipy import special, stats

mpmath.mp.dps = 70


def checked(value, scipy_value):
    value = float(value)
    assert abs(value - scipy_value) <= 1e-10 * abs(scipy_value) + 1e-300, (value, scipy_value)
    return value


def gamma_row(a, x):
    """By the series of positive terms."""
    total, term, n = mpf(1), mpf(1), 0
    while term > total * mpf(10) ** -60:
        n += 1
        term *= mpf(x) / (mpf(a) + n)
        total += term
    lower = mpmath.exp(mpf(a) * mpmath.log(mpf(x)) - mpf(x) - mpmath.loggamma(mpf(a) + 1)) * total
    return [a, x, checked(lower, special.gammainc(a, x)), checked(1 - lower, special.gammaincc(a, x))]


def beta_row(x, a, b):
    """By the series of positive terms, from the side where it converges quickly."""
    x_, a_, b_ = mpf(x), mpf(a), mpf(b)
    beta = mpmath.loggamma(a_) + mpmath.loggamma(b_) - mpmath.loggamma(a_ + b_)
    front = mpmath.exp(a_ * mpmath.log(x_) + b_ * mpmath.log1p(-x_) - beta)
    below = x_ < 0.5
    tail = series(front, x_, a_, b_) if below else series(front, 1 - x_, b_, a_)
    lower, upper = (tail, 1 - tail) if below else (1 - tail, tail)
    return [x, a, b, checked(lower, special.betainc(a, b, x)), checked(upper, special.betaincc(a, b, x))]


def series(front, x, a, b):
    total = term = mpf(1)
    n = 0
    while term > total * mpf(10) ** -60:
        term *= (a + b + n) / (a + 1 + n) * x
        total += term
        n += 1
    return front / a * total


def main():
    normal = [[z, float(mpmath.erfc(mpf(z) / mpmath.sqrt(2)) / 2)] for z in (0.0, 0.25, 1.0, 2.0, 2.75, 3.0, 4.5, 7.0, 7.5, 12.0, 20.0, 30.0, 36.5)]
    gammas = [gamma_row(a, a * r) for a in (0.5, 1.0, 2.5, 7.0, 30.0) for r in (1e-4, 0.3, 0.95, 1.0, 1.05, 1.5, 3.0)]
    gammas += [gamma_row(a, a * r) for a in (100.0, 1234.5, 1e5) for r in (0.97, 1.0, 1.04)]
    betas = []
    for a in (0.5, 1.0, 2.5, 20.0, 400.0):
        for b in (0.5, 1.0, 3.0, 55.0, 1e3, 3e5):
            centre, width = a / (a + b), (a * b / (a + b) ** 2 / (a + b + 1)) ** 0.5
            betas += [beta_row(x, a, b) for x in (centre + k * width for k in (-4, -1, 0.1, 3)) if 0 < x < 1]
    inverse = [[p, a, b, float(special.betaincinv(a, b, p))] for p in (1e-9, 0.025, 0.5, 0.975) for a in (0.5, 1.0, 20.0, 400.0) for b in (1.0, 55.0, 1e3)]
    document = {
        "normalUpper": normal,
        "logGamma": [[x, float(mpmath.loggamma(mpf(x)))] for x in (1e-8, 0.1, 0.5, 0.9, 1.5, 2.5, 3.0, 10.0, 15.75, 16.0, 100.0, 1e6)],
        "gamma": gammas,
        "beta": betas,
        "betaQuantile": inverse,
        "chiSquareUpper": [[x, k, float(stats.chi2.sf(x, k))] for x, k in ((0.01, 1), (3.84, 1), (30.0, 1), (5.0, 9), (250.0, 199))],
        "binomial": [
            [k, n, p, float(stats.binom.pmf(k, n, p)), float(stats.binom.cdf(k, n, p)), float(stats.binom.sf(k - 1, n, p))]
            for k, n, p in ((0, 1, 0.3), (3, 10, 0.5), (10, 10, 0.2), (0, 40, 0.01), (480, 1000, 0.5), (99000, 100000, 0.99), (7, 1000000, 1e-6))
        ],
        "binomialQuantile": [[q, n, p, int(stats.binom.ppf(q, n, p))] for q in (0.001, 0.025, 0.5, 0.975) for n, p in ((1, 0.5), (37, 0.9), (1000, 0.99), (12346, 0.5))],
        # SciPy's own interval is found by root search to 1e-10; its beta quantiles are better.
        "clopperPearson": [
            [k, n, c, float(stats.beta.ppf((1 - c) / 2, k, n - k + 1)) if k else 0, float(stats.beta.ppf((1 + c) / 2, k + 1, n - k)) if k < n else 1]
            for k, n, c in ((0, 10, 0.95), (10, 10, 0.9), (81, 263, 0.95), (1, 4000, 0.99))
        ],
        "clopperPearsonLower": [[k, n, c, float(stats.beta.ppf(1 - c, k, n - k + 1))] for k, n, c in ((1, 90, 0.95), (3, 10, 0.95), (10, 10, 0.95), (40, 1000000, 0.99))],
    }
    print("{\n" + ",\n".join(f'"{name}": {json.dumps(rows)}' for name, rows in document.items()) + "\n}")


main()
