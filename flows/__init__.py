"""When things happen: thin Prefect flows around plain functions."""
