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
answers = scores[0] >= 0.5
figures = {
    "rows": len(frame),
    "auc_difference": auc[0] - auc[1],
    "deviation": float(np.sqrt(variance)),
    "p_value": float(2 * norm.sf(abs(z))),
    "auc_challenger": float(roc_auc_score(labels, scores[0])),
    "auc_champion": float(roc_auc_score(labels, scores[1])),
    "brier": float(brier_score_loss(labels, scores[0])),
    "log_loss": float(log_loss(labels, scores[0])),
    "accuracy": float(accuracy_score(labels, answers)),
    "f1": float(f1_score(labels, answers)),
}
for region, rows in frame.groupby("region", observed=True).indices.items():
    figures[f"auc_{region}"] = float(roc_auc_score(labels[rows], scores[0][rows]))
json.dump(figures, sys.stdout)
