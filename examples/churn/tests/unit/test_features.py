import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from churn.features import CyclicalEncoder, FrequencyEncoder, SafeMinMaxScaler, build_preprocessing
from churn.loading import to_features


def test_cyclical_encoding_lies_on_the_unit_circle():
    hours = np.arange(24).reshape(-1, 1)
    encoded = CyclicalEncoder(24).fit_transform(hours)
    assert encoded.shape == (24, 2)
    np.testing.assert_allclose((encoded**2).sum(axis=1), 1.0, atol=1e-12)


def test_cyclical_encoding_puts_23_as_near_to_0_as_1():
    encoded = CyclicalEncoder(24).fit_transform(np.array([[23], [0], [1]]))
    np.testing.assert_allclose(np.linalg.norm(encoded[0] - encoded[1]), np.linalg.norm(encoded[2] - encoded[1]), atol=1e-12)


def test_cyclical_encoding_maps_a_missing_hour_to_the_centre():
    np.testing.assert_array_equal(CyclicalEncoder(24).fit_transform(np.array([[np.nan]])), [[0.0, 0.0]])


def test_cyclical_encoding_refuses_a_period_of_zero():
    with pytest.raises(ValueError, match="period is 0; it must be positive"):
        CyclicalEncoder(0).fit(np.array([[1.0]]))


def test_frequency_encoding_is_the_share_in_the_training_data():
    encoder = FrequencyEncoder().fit(pd.DataFrame({"c": ["a", "a", "a", "b"]}))
    np.testing.assert_allclose(encoder.transform(pd.DataFrame({"c": ["a", "b"]})).ravel(), [0.75, 0.25])


def test_frequency_encoding_gives_unseen_and_missing_categories_zero():
    encoder = FrequencyEncoder().fit(pd.DataFrame({"c": ["a", "b"]}))
    np.testing.assert_array_equal(encoder.transform(pd.DataFrame({"c": ["new", None]})).ravel(), [0.0, 0.0])


def test_min_max_scaling_maps_the_training_range_to_0_and_1_and_clips_beyond():
    scaler = SafeMinMaxScaler().fit([[10.0], [20.0]])
    np.testing.assert_allclose(scaler.transform([[10.0], [15.0], [20.0], [99.0], [-5.0]]).ravel(), [0, 0.5, 1, 1, 0])


def test_min_max_scaling_survives_a_constant_column():
    np.testing.assert_array_equal(SafeMinMaxScaler().fit_transform([[3.0], [3.0]]), [[0.0], [0.0]])


def test_min_max_scaling_keeps_nan_and_ignores_it_for_the_range():
    scaled = SafeMinMaxScaler().fit_transform([[1.0], [np.nan], [3.0]]).ravel()
    np.testing.assert_allclose(scaled[[0, 2]], [0.0, 1.0])
    assert np.isnan(scaled[1])


def test_min_max_scaling_survives_a_column_without_any_value():
    assert np.isnan(SafeMinMaxScaler().fit_transform([[np.nan], [np.nan]])).all()
    np.testing.assert_array_equal(SafeMinMaxScaler().fit([[np.nan]]).transform([[4.0]]), [[0.0]])


def test_preprocessing_leaves_no_nan_and_does_not_depend_on_the_order_of_rows(raw):
    features = to_features(raw)
    preprocessing = build_preprocessing().fit(features)
    encoded = preprocessing.transform(features)
    assert not np.isnan(encoded).any()
    shuffled = features.sample(frac=1, random_state=3)
    np.testing.assert_allclose(preprocessing.transform(shuffled), encoded[shuffled.index])


def test_preprocessing_imputes_the_training_median(raw):
    features = to_features(raw)
    preprocessing = clone(build_preprocessing(("monthly_spend",))).fit(features)
    median = features["monthly_spend"].median()
    missing, at_median = features.head(1).assign(monthly_spend=np.nan), features.head(1).assign(monthly_spend=median)
    np.testing.assert_allclose(preprocessing.transform(missing)[0, 0], preprocessing.transform(at_median)[0, 0], atol=1e-12)
