"""Text messages: what they weigh, who carries them, and how none of them leaves twice."""
