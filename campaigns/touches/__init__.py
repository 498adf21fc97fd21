"""Touches: campaign files, occasions, states, judging, composing and results."""
