"""Outcomes of campaigns, with imports, funnels, ladders and explanations."""
