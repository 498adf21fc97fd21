"""Names by which the telephone provider knows agents' browsers."""

from hashlib import blake2b

_LEGIBLE = 20
_DIGEST = 6  # bytes


def client_name(agent: str) -> str:
    """Return the name under which this agent's browser can be called, unique and always the same.

    The readable part of the agent's name stays, so that a log can be read. A hash keeps Zoë apart
    from Zoe. A caller is connected to a browser by this name.

    Twilio takes at most 121 letters and digits of ASCII, and the underscore.

    Args:
        agent: The name under which the agent signs in, as it was given.
    """
    letters = "".join(letter for letter in agent.lower() if letter.isascii() and letter.isalnum())[
        :_LEGIBLE
    ]
    digest = blake2b(agent.encode(), digest_size=_DIGEST).hexdigest()
    return f"agent_{letters}_{digest}" if letters else f"agent_{digest}"
