"""Incoming events from citizens and providers (webhooks, replies, print-shop answers)."""
