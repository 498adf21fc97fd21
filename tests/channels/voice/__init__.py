"""The telephone: what is asked of a provider, and what is heard."""
