"""What an agent was writing when their browser closed."""
