"""Offline evaluation of a trained pipeline. The release gate computes its own figures; these are for the training log."""

from __future__ import annotations

import pandas as pd
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score
from sklearn.pipeline import Pipeline


def evaluate(pipeline: Pipeline, features: pd.DataFrame, labels: pd.Series) -> dict[str, float]:
    """ROC AUC, log loss and accuracy at 0.5 on n rows. Raises ValueError if the labels hold one class only."""
    if labels.nunique() < 2:
        raise ValueError("evaluation needs both classes")
    scores = pipeline.predict_proba(features)[:, 1]
    return {
        "roc_auc": float(roc_auc_score(labels, scores)),
        "log_loss": float(log_loss(labels, scores)),
        "accuracy": float(accuracy_score(labels, scores >= 0.5)),
    }
