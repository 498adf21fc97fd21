"""After a campaign: shadow runs against what is known now, and retention of its ledger."""
