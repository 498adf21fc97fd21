"""Suppression rules, lists, consents and reasons not to reach somebody."""
