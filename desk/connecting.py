"""Bring a caller and an agent together: claimed in our own book first, at the telephone provider after that."""

from hashlib import blake2b

LONGEST_IDENTITY = 40
"""Characters of a browser's name at the provider; it takes 121, and only letters, digits and underscores."""


def client_name(agent: str) -> str:
    """Return the name under which an agent's browser is known to the telephone provider: `agent_anja_1f2e3d4c`.

    Two names never give the same one, and the same name always gives the same.
    """
    letters = "".join(letter for letter in agent.lower() if letter.isascii() and letter.isalnum())
    told = blake2b(agent.encode(), digest_size=6).hexdigest()
    return f"agent_{letters[: LONGEST_IDENTITY - 20]}_{told}" if letters else f"agent_{told}"
