"""Training: one pipeline of preprocessing and classifier, saved as one artefact with its environment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from churn import environment, schema
from churn.features import build_preprocessing

MODEL_FILE = "model.joblib"


@dataclass(frozen=True)
class TrainingOptions:
    """Hyperparameters of a training run."""

    regularization: float = 1.0
    """Inverse of the L2 penalty, as `C` of LogisticRegression; positive."""
    features: tuple[str, ...] = schema.FEATURES
    seed: int = 7

    def __post_init__(self):
        if self.regularization <= 0:
            raise ValueError(f"regularization is {self.regularization}; it must be positive")
        unknown = [name for name in self.features if name not in schema.FEATURES]
        if unknown or not self.features:
            raise ValueError(f"features: {', '.join(unknown) or 'none'}; allowed: {', '.join(schema.FEATURES)}")


def train(features: pd.DataFrame, labels: pd.Series, options: TrainingOptions) -> Pipeline:
    """Fits preprocessing and classifier on n rows. Raises ValueError if the labels hold one class only."""
    if labels.nunique() < 2:
        raise ValueError(f"the training labels hold one class only: {sorted(labels.unique())}")
    classifier = LogisticRegression(C=options.regularization, max_iter=1000, random_state=options.seed)
    pipeline = Pipeline([("preprocessing", build_preprocessing(options.features)), ("classifier", classifier)])
    return pipeline.fit(features, labels)


def save(pipeline: Pipeline, folder: Path) -> None:
    """Writes the pipeline and the fingerprint of the environment that can load it."""
    folder.mkdir(parents=True, exist_ok=True)
    joblib.dump(pipeline, folder / MODEL_FILE)
    environment.write(folder)


def load(folder: Path) -> Pipeline:
    """Reads a saved pipeline. Raises EnvironmentMismatch if this environment is not the one that wrote it."""
    environment.verify(folder)
    return joblib.load(folder / MODEL_FILE)
