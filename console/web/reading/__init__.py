"""Queries behind the pages, a few statements for each."""
