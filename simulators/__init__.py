"""Simulated providers, print shop and callers over real HTTP, for trials, tests and load."""
