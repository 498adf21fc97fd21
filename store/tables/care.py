"""What follows from a conversation, besides cases and appointments."""
