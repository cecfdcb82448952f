"""PSI with NumPy over ten reference quantiles and SciPy's exact two-sample KS distance: `drift.py REFERENCE CURRENT`."""

import json
import sys

import numpy as np
import pandas as pd
from scipy.stats import ks_2samp

reference, current = (pd.read_parquet(path) for path in sys.argv[1:3])
figures = {"rows_reference": len(reference), "rows_current": len(current)}
for name in reference.columns:
    a, b = reference[name].to_numpy(), current[name].to_numpy()
    edges = np.unique(np.quantile(a, np.linspace(0, 1, 11))[1:-1])
    shares = []
    for values in (a, b):
        counts = np.bincount(np.searchsorted(edges, values, side="left"), minlength=len(edges) + 1)
        shares.append(np.maximum(counts / len(values), 1e-6))
    p, q = shares
    figures[f"psi_{name}"] = float(((q - p) * np.log(q / p)).sum())
    test = ks_2samp(a, b, method="asymp")
    figures[f"ks_{name}"] = float(test.statistic)
json.dump(figures, sys.stdout)
