"""By which name an agent's browser is known to the provider of calls."""

import re
from hashlib import sha256

LONGEST_NAME = 121
"""Characters that Twilio takes in a client's name: letters and digits of ASCII, and the underscore."""
_BEFORE = "agent_"
_HASH = 10
_READABLE = LONGEST_NAME - len(_BEFORE) - 1 - _HASH


def client_name(agent: str) -> str:
    """Return the name under which this agent's browser can be called: always the same, and nobody else's.

    What is legible of the agent's name stays, so that a log can be read; a hash keeps Zoë apart from Zoe.

    Args:
        agent: The name under which the agent signs in, as it was given.
    """
    readable = re.sub(r"[^A-Za-z0-9]", "", agent)[:_READABLE]
    return f"{_BEFORE}{readable}_{sha256(agent.encode()).hexdigest()[:_HASH]}"
