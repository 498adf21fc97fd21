"""Outcomes of campaigns: imports, funnels, ladders and explanations."""
