"""Planning a campaign: checks, audiences, plans, freezing, proofs and lifecycle."""
