"""Erasing again whom a restored backup brought back."""

from dataclasses import dataclass
from datetime import datetime

from installation.installation import Installation
from people.erased.keys_of_erasures import key_for_erasing
from privacy.erasing import erase_person
from privacy.erasure_list import listed, who_came_back
from store.audit_log import Decider
from store.errors import BadInput


@dataclass(frozen=True, slots=True)
class Replayed:
    """Result of a replay, with who was erased again and why others could not be."""

    erased: tuple[str, ...]
    held: tuple[str, ...]  # pseudonym: why


def replay(installation: Installation, *, by: Decider, now: datetime) -> Replayed:
    """Erase everybody again whom the list of erasures names and the database has.

    Whoever cannot be erased yet, as a message of theirs is on its way, is named; run it again later.

    Raises:
        BadInput: the list cannot be read, or is of another secret.
    """
    wrapped, _ = listed(installation.settings.erasures_file)
    erased, held = [], []
    found = who_came_back(installation)
    if found:
        with installation.store.writing() as connection:
            key_for_erasing(connection, installation.settings.key(), wrapped)
    for ref, line in found:
        try:
            erase_person(installation, ref, line.pseudonym, by=by, now=now)
            erased.append(line.pseudonym)
        except BadInput as error:
            held.append(f"{line.pseudonym}: {error}")
    return Replayed(tuple(erased), tuple(held))
