"""Commands for imports, people, consent, suppression, telephone numbers and reasons."""
