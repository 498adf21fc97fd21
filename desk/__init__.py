"""The free phone line: the queue, the conversations, the roster."""
