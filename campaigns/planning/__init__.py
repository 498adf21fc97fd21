"""Planning of a campaign, from checks and audiences to freezing, proofs and lifecycle."""
