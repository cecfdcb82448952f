"""scikit-learn and a vectorised NumPy DeLong (mid-ranks): `model.py CHALLENGER CHAMPION`.

Sun and Xu 2014, "Fast implementation of DeLong's algorithm", IEEE Signal Processing Letters 21(11).
"""

import json
import sys

import numpy as np
from predictions import aligned
from scipy.stats import norm, rankdata
from sklearn.metrics import accuracy_score, brier_score_loss, f1_score, log_loss, roc_auc_score


def placements(labels: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Share of negatives below each positive, and of positives above each negative; ties count half."""
    positive, negative = scores[labels], scores[~labels]
    ranks = rankdata(scores)
    m, n = len(positive), len(negative)
    return (ranks[labels] - rankdata(positive)) / n, 1 - (ranks[~labels] - rankdata(negative)) / m


frame = aligned(sys.argv[1], sys.argv[2])
labels = frame["label"].to_numpy()
truth = labels == 1
scores = [frame["score"].to_numpy(), frame["score_champion"].to_numpy()]
v10, v01 = zip(*(placements(truth, score) for score in scores), strict=True)
auc = [float(v.mean()) for v in v10]
covariance = np.cov(v10) / truth.sum() + np.cov(v01) / (~truth).sum()
variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
z = (auc[0] - auc[1]) / np.sqrt(variance)
figures = {"rows": len(frame), "auc_difference": auc[0] - auc[1], "se": float(np.sqrt(variance))}
figures["p_value"] = float(2 * norm.sf(abs(z)))
for name, score in zip(("challenger", "champion"), scores, strict=True):
    answers = score >= 0.5
    figures |= {
        f"auc_{name}": float(roc_auc_score(labels, score)),
        f"brier_{name}": float(brier_score_loss(labels, score)),
        f"log_loss_{name}": float(log_loss(labels, score)),
        f"accuracy_{name}": float(accuracy_score(labels, answers)),
        f"f1_{name}": float(f1_score(labels, answers)),
    }
for region, rows in frame.groupby("region", observed=True).indices.items():
    for name, score in zip(("challenger", "champion"), scores, strict=True):
        figures[f"auc_{name}_{region}"] = float(roc_auc_score(labels[rows], score[rows]))
json.dump(figures, sys.stdout)
