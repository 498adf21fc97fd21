"""Tests of `installation`."""
