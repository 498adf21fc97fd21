"""The telephone: what is asked of a provider, and what callers get to hear."""
