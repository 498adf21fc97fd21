"""Drafts of campaigns, with their versions and the edits of the campaign file in them."""
