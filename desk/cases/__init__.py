"""Cases and what follows from a conversation: handovers, referrals, team tasks, signals, objections."""
