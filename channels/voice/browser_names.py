"""Names by which the telephone provider knows agents' browsers."""

from hashlib import blake2b

LONGEST_NAME = 121
"""Characters that Twilio takes in a client's name: letters and digits of ASCII, and the underscore."""
_LEGIBLE = 20
_DIGEST = 6  # bytes


def client_name(agent: str) -> str:
    """Return the name under which this agent's browser can be called, unique and always the same.

    The readable part of the agent's name stays, so that a log can be read. A hash keeps Zoë apart
    from Zoe. A caller is connected to a browser by this name.

    What is legible of the agent's name stays, so that a log can be read; a hash keeps Zoë apart from Zoe. Whoever
    connects a caller to a browser calls it by this name.

    Args:
        agent: The name under which the agent signs in, as it was given.
    """
    letters = "".join(letter for letter in agent.lower() if letter.isascii() and letter.isalnum())[
        :_LEGIBLE
    ]
    digest = blake2b(agent.encode(), digest_size=_DIGEST).hexdigest()
    return f"agent_{letters}_{digest}" if letters else f"agent_{digest}"
