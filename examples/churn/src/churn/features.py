"""Feature transformers. Each is fitted on training data alone and travels with the model in one pipeline."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from churn import schema


class CyclicalEncoder(TransformerMixin, BaseEstimator):
    """Maps a value of a cycle to (sin, cos), so that 23:00 lies next to 0:00. A missing value becomes the centre (0, 0).

    Input (n, k), output (n, 2k): all sines, then all cosines.
    """

    def __init__(self, period: float = schema.HOURS_PER_DAY):
        self.period = period

    def fit(self, X, y=None):
        if self.period <= 0:
            raise ValueError(f"period is {self.period}; it must be positive")
        self.n_features_in_ = np.asarray(X).shape[1]
        return self

    def transform(self, X):
        check_is_fitted(self)
        angles = np.asarray(X, dtype=float) * (2 * np.pi / self.period)
        encoded = np.hstack([np.sin(angles), np.cos(angles)])
        return np.where(np.isnan(encoded), 0.0, encoded)


class FrequencyEncoder(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Replaces a category by its share in the training data; unseen and missing categories get 0. Shape (n, k) is kept."""

    def fit(self, X, y=None):
        frame = pd.DataFrame(X)
        self.n_features_in_ = frame.shape[1]
        self.shares_ = [frame.iloc[:, i].value_counts(normalize=True).to_dict() for i in range(frame.shape[1])]
        return self

    def transform(self, X):
        check_is_fitted(self)
        columns = np.asarray(X, dtype=object).T
        return np.array([[shares.get(value, 0.0) for value in column] for column, shares in zip(columns, self.shares_)]).T


class SafeMinMaxScaler(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Scales each column to [0, 1] by the training range and clips beyond it.

    NaN stays NaN; a constant or entirely missing column becomes 0 instead of a division by zero. Shape (n, k) is kept.
    """

    def fit(self, X, y=None):
        values = np.asarray(X, dtype=float)
        self.n_features_in_ = values.shape[1]
        present = ~np.isnan(values)
        self.min_ = np.where(present.any(axis=0), np.where(present, values, np.inf).min(axis=0), 0.0)
        highest = np.where(present.any(axis=0), np.where(present, values, -np.inf).max(axis=0), 0.0)
        self.range_ = highest - self.min_
        return self

    def transform(self, X):
        check_is_fitted(self)
        values = np.asarray(X, dtype=float)
        varies = self.range_ > 0
        scaled = (values - self.min_) / np.where(varies, self.range_, 1.0)
        clipped = np.clip(scaled, 0.0, 1.0)
        return np.where(varies, clipped, np.where(np.isnan(values), np.nan, 0.0))


def build_preprocessing(columns: tuple[str, ...] = schema.FEATURES) -> ColumnTransformer:
    """The preprocessing of the given feature columns; unfitted."""
    numeric = Pipeline(
        [
            ("scale", SafeMinMaxScaler()),
            ("impute", SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)),
        ]
    )
    boolean = SimpleImputer(strategy="most_frequent", keep_empty_features=True)
    steps = [
        ("numeric", numeric, [c for c in schema.NUMERIC if c in columns]),
        ("cyclical", CyclicalEncoder(), [c for c in schema.CYCLICAL if c in columns]),
        ("categorical", FrequencyEncoder(), [c for c in schema.CATEGORICAL if c in columns]),
        ("boolean", boolean, [c for c in schema.BOOLEAN if c in columns]),
    ]
    return ColumnTransformer([step for step in steps if step[2]])
