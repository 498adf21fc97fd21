"""Compare the touches with what providers, the print shop and the outbox say themselves."""
