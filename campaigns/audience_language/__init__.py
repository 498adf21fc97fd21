"""The audience language: its text, its values, its questions, and how they become one condition."""
