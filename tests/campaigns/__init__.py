"""Campaigns: audiences, draws, plans, approvals, deliveries."""
