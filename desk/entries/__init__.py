"""Queue entries and what an agent has at hand: agents, roster, guides, answers, drafts."""
