"""Churn prediction: loading, features, training and evaluation."""
