"""After a campaign: shadow runs, and retention of its decisions."""
