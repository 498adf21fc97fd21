"""Commands for audiences, campaigns, delivery, outcomes, reports and retention."""
