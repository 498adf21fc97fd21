"""Campaigns that are being made: the draft, its versions, and edits of the campaign file in it."""
