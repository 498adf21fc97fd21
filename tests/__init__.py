"""Tests: sentences about behaviour, through the public door."""
