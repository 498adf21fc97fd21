"""The audience language, a small boolean language over people, facts and earlier campaigns."""
