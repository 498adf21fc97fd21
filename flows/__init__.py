"""Prefect flows around plain functions, and the steps of a delivery pass."""
