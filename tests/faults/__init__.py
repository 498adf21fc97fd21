"""Faults at every step of a delivery, and the audit after each."""
