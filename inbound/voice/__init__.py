"""Webhooks for the telephone provider, which return what a caller hears next."""
