"""Touches, from campaign files and occasions to judging, composing and results."""
