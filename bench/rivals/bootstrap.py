"""Paired bootstrap of the AUC difference as it is usually written: `bootstrap.py CHALLENGER CHAMPION REPLICATES`.

Prints the seconds that the replicates alone took, so that few of them can be scaled to many.
"""

import json
import sys
import time

import numpy as np
from predictions import aligned
from sklearn.metrics import roc_auc_score
from sklearn.utils import resample

frame = aligned(sys.argv[1], sys.argv[2])
labels = frame["label"].to_numpy()
challenger, champion = frame["score"].to_numpy(), frame["score_champion"].to_numpy()
start = time.perf_counter()
differences = []
for replicate in range(int(sys.argv[3])):
    y, a, b = resample(labels, challenger, champion, random_state=replicate, stratify=labels)
    differences.append(roc_auc_score(y, a) - roc_auc_score(y, b))
seconds = time.perf_counter() - start
json.dump(
    {
        "seconds": seconds,
        "rows": len(frame),
        "auc_difference": float(roc_auc_score(labels, challenger) - roc_auc_score(labels, champion)),
        "deviation": float(np.std(differences, ddof=1)),
    },
    sys.stdout,
)
