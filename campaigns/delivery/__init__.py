"""Claim due touches, hand them to their channel, record the results, and recover after a crash."""
