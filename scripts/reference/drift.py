"""Reference values for lib/core/drift, by independent means: SciPy and NumPy.

Run from the repository's root; the result is kept so that tests need neither this script nor its packages:
    .venv/bin/python scripts/reference/drift.py > test/core/drift/reference.json
"""

import json
import platform

import numpy
import scipy
from scipy import special, stats
from scipy.spatial import distance


def smoothed(reference, current):
    """A bin that is empty in one sample counts as half a row there; one that is empty in both is left out."""
    kept = (reference + current) > 0
    r, c = reference[kept].astype(float), current[kept].astype(float)
    r[r == 0], c[c == 0] = 0.5, 0.5
    return r / r.sum(), c / c.sum()


def bins_case(name, reference, current):
    reference, current = numpy.array(reference), numpy.array(current)
    p, q = smoothed(reference, current)
    kept = (reference + current) > 0
    table = numpy.array([reference[kept], current[kept]])
    chi = stats.chi2_contingency(table, correction=False)
    shares = reference / reference.sum(), current / current.sum()
    return {
        "name": name,
        "reference": reference.tolist(),
        "current": current.tolist(),
        "psi": float(special.rel_entr(p, q).sum() + special.rel_entr(q, p).sum()),
        "jensenShannon": float(distance.jensenshannon(*shares, base=2)),
        "largestDifference": float(distance.chebyshev(*shares)),
        "chiSquared": float(chi.statistic),
        "degreesOfFreedom": int(chi.dof),
        "chiSquaredP": float(chi.pvalue),
        "cramersV": float(stats.contingency.association(table, method="cramer")),
        "leastExpected": float(chi.expected_freq.min()),
    }


def numbers_case(name, reference, current, bins):
    edges = numpy.unique(numpy.quantile(reference, numpy.arange(1, bins) / bins))
    edges = edges[edges < reference.max()]
    count = lambda sample: numpy.bincount(numpy.searchsorted(edges, sample, side="left"), minlength=len(edges) + 1)
    p, q = smoothed(count(reference), count(current))
    ks = stats.ks_2samp(reference, current, method="asymp")
    return {
        "name": name,
        "bins": bins,
        "reference": reference.tolist(),
        "current": current.tolist(),
        "edges": edges.tolist(),
        "referenceCounts": count(reference).tolist(),
        "currentCounts": count(current).tolist(),
        "psi": float(special.rel_entr(p, q).sum() + special.rel_entr(q, p).sum()),
        "ks": float(ks.statistic),
        "wasserstein": float(stats.wasserstein_distance(reference, current)),
        "deviation": float(reference.std(ddof=1)),
    }


def exact_cases(generator):
    """Without ties SciPy has the exact distribution; with ties all divisions of small pools are counted."""
    cases = []
    for n, m in [(5, 7), (8, 8), (13, 4), (30, 50), (200, 150)]:
        for shift in (0.0, 0.8):
            a, b = generator.normal(0, 1, n), generator.normal(shift, 1, m)
            result = stats.ks_2samp(a, b, method="exact")
            cases.append({"n": n, "m": m, "groups": [1] * (n + m), "d": float(result.statistic), "p": float(result.pvalue)})
    from itertools import combinations

    for n, m in [(5, 6), (7, 5)]:
        pooled = numpy.sort(generator.integers(0, 4, n + m))
        groups = numpy.unique(pooled, return_counts=True)[1]
        ends = numpy.cumsum(groups) - 1
        values = []
        for chosen in combinations(range(n + m), n):
            mark = numpy.zeros(n + m)
            mark[list(chosen)] = 1
            gap = numpy.abs(numpy.cumsum(mark) / n - numpy.cumsum(1 - mark) / m)[ends]
            values.append(gap.max())
        values = numpy.array(values)
        for d in numpy.unique(numpy.round(values, 12)):
            p = float((values >= d - 1e-9).mean())
            cases.append({"n": n, "m": m, "groups": groups.tolist(), "d": float(d), "p": p})
    return cases


def main():
    generator = numpy.random.default_rng(20261121)
    normal = lambda n, mean=0.0, sd=1.0: generator.normal(mean, sd, n)
    document = {
        "generator": {"python": platform.python_version(), "numpy": numpy.__version__, "scipy": scipy.__version__},
        "logGamma": [[x, float(special.gammaln(x))] for x in [0.5, 1, 1.5, 2, 3.7, 10, 50.5, 171, 1e4, 1e7]],
        "chiSquaredSurvival": [
            [x, dof, float(stats.chi2.sf(x, dof))]
            for x, dof in [(0.1, 1), (3.84, 1), (16.9, 9), (9, 9), (40, 9), (200, 9), (55, 50), (1e-3, 3), (120, 99), (500, 99)]
        ],
        "kolmogorovSurvival": [[t, float(special.kolmogorov(t))] for t in [0.05, 0.2, 0.5, 0.8, 0.999, 1.001, 1.36, 1.63, 2.5, 4]],
        "exactKs": exact_cases(generator),
        "bins": [
            bins_case("even", [100] * 10, [96, 110, 103, 90, 101, 99, 104, 97, 95, 105]),
            bins_case("drifted", [500, 300, 150, 50], [200, 310, 240, 250]),
            bins_case("empty in one", [40, 0, 60, 12], [30, 5, 0, 20]),
            bins_case("empty in both", [40, 0, 60], [30, 0, 20]),
            bins_case("sizes apart", [100_000, 250_000, 30_000], [12, 20, 3]),
            bins_case("nothing in common", [10, 0, 20, 0], [0, 7, 0, 9]),
        ],
        "numbers": [
            numbers_case("normal", normal(500), normal(380, 0.2, 1.3), 10),
            numbers_case("ties", numpy.round(normal(300), 0), numpy.round(normal(250, 0.3), 0), 10),
            numbers_case("zero inflated", numpy.where(generator.random(400) < 0.55, 0, generator.gamma(2, 3, 400)), generator.gamma(2, 3, 150), 10),
            numbers_case("heavy tail", generator.standard_cauchy(300), generator.standard_cauchy(300) * 2, 20),
            numbers_case("far away", normal(60), normal(50) + 100, 5),
            numbers_case("two rows", normal(2), normal(3), 4),
        ],
        "holm": [
            {"p": p, "adjusted": holm(p)} for p in [[0.01, 0.04, 0.03, 0.005], [0.5], [0.9, 0.9], [1e-5, 0.2, 0.2, 0.011, 1.0]]
        ],
    }
    print(json.dumps(document, indent=1))


def holm(p):
    p = numpy.array(p)
    order = numpy.argsort(p)
    stepped = numpy.minimum(1, numpy.maximum.accumulate(p[order] * numpy.arange(len(p), 0, -1)))
    adjusted = numpy.empty(len(p))
    adjusted[order] = stepped
    return adjusted.tolist()


main()
