"""Commands of the phone line: queue, agents, roster, cases and what follows from a conversation."""
