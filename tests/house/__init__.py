"""Tests of the house itself: that its plans, lists and walls agree."""
