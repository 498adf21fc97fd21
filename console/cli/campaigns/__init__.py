"""Commands of a campaign: audience, file, delivery, outcomes, report, retention."""
