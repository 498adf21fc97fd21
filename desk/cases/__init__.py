"""Cases and the follow-up of conversations (handovers, referrals, team tasks, signals, objections)."""
