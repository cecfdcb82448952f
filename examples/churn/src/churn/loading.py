"""Reads churn data and refuses what does not follow the schema."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from churn import schema

_TRUE = {"true", "1", "1.0", "yes"}
_FALSE = {"false", "0", "0.0", "no"}


class SchemaError(ValueError):
    """The data does not follow the schema; the message names column, value and what is allowed."""


def read_training_data(path: Path) -> tuple[pd.DataFrame, pd.Series]:
    """Features (n rows, columns of `schema.FEATURES`) and labels (n, 0 or 1) of a CSV file with a header."""
    raw = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])
    _require_columns(raw, (schema.KEY, schema.LABEL, *schema.FEATURES))
    if raw[schema.KEY].isna().any():
        raise SchemaError(f"{path.name}: {schema.KEY} is empty in {int(raw[schema.KEY].isna().sum())} rows")
    if raw[schema.KEY].duplicated().any():
        raise SchemaError(f"{path.name}: {schema.KEY} is not unique, e.g. {raw[schema.KEY][raw[schema.KEY].duplicated()].iloc[0]!r}")
    labels = _booleans(raw[schema.LABEL])
    if labels.isna().any():
        raise SchemaError(f"{path.name}: {schema.LABEL} is empty in {int(labels.isna().sum())} rows")
    return to_features(raw), labels.astype(int)


def frame_from_records(records: Iterable[Mapping[str, object]]) -> pd.DataFrame:
    """Features of rows that arrive as JSON objects; a missing column is an error, a null value is not."""
    frame = pd.DataFrame.from_records(list(records))
    _require_columns(frame, schema.FEATURES)
    return to_features(frame)


def to_features(frame: pd.DataFrame) -> pd.DataFrame:
    """The feature columns in model order, each with its type. Raises SchemaError on a value that cannot be read."""
    features = pd.DataFrame(index=frame.index)
    for column in (*schema.NUMERIC, *schema.CYCLICAL):
        features[column] = _numbers(frame[column])
    for column in schema.CATEGORICAL:
        features[column] = _categories(frame[column])
    for column in schema.BOOLEAN:
        features[column] = _booleans(frame[column])
    hours = features["last_login_hour"]
    _reject(hours[(hours < 0) | (hours >= schema.HOURS_PER_DAY)], "an hour from 0 to 23")
    return features[list(schema.FEATURES)]


def _require_columns(frame: pd.DataFrame, columns: Iterable[str]) -> None:
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise SchemaError(f"missing columns: {', '.join(missing)}; found: {', '.join(map(str, frame.columns))}")


def _numbers(column: pd.Series) -> pd.Series:
    numbers = pd.to_numeric(column, errors="coerce").astype(float)
    _reject(column[numbers.isna() & column.notna()], "a number")
    _reject(column[np.isinf(numbers)], "a finite number")
    return numbers


def _categories(column: pd.Series) -> pd.Series:
    _reject(column[column.notna() & ~column.isin(schema.CONTRACT_TYPES)], f"one of {', '.join(sorted(schema.CONTRACT_TYPES))}")
    return column.astype(object).where(column.notna(), None)


def _booleans(column: pd.Series) -> pd.Series:
    text = column.astype(str).str.lower()
    values = pd.Series(np.where(text.isin(_TRUE), 1.0, np.where(text.isin(_FALSE), 0.0, np.nan)), index=column.index, name=column.name)
    _reject(column[values.isna() & column.notna()], "true or false")
    return values


def _reject(bad: pd.Series, allowed: str) -> None:
    if len(bad) > 0:
        value = bad.iloc[0]
        shown = value.item() if isinstance(value, np.generic) else value
        raise SchemaError(f"{bad.name}: {shown!r} is not {allowed} (row {bad.index[0]}, {len(bad)} such rows)")
