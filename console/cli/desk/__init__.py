"""Commands for the phone line, its queue, its agents and its cases."""
