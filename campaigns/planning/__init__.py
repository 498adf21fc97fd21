"""Before anything leaves: checks, audiences, plans, drafts, freezing, proofs and the campaign's lifecycle."""
