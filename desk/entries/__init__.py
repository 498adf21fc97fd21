"""Queue entries, agents, roster, guides, answers and drafts."""
