"""Answers of the print shop, read strictly and checked piece by piece against the hand-over."""
