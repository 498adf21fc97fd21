"""Campaigns from draft to retention, with audiences, plans, touches, print runs and delivery."""
