"""Wishes to be called, in the words in which people say them, and when."""
