"""Sign-ins on the command line of a shared database, with what each role may decide there."""

from typing import TYPE_CHECKING

from console.cli.options import running_command
from console.web.permissions import Area, may
from store.errors import BadInput
from store.sentences import Sentence

if TYPE_CHECKING:
    from installation.installation import Installation
    from installation.personal_tokens import SignedInBy
    from store.audit_log import Decider

DECIDES = {
    "campaign": Area.DECISIONS,
    "post": Area.DECISIONS,
    "outcomes": Area.DECISIONS,
    "installation": Area.STOPPING,
    "suppression": Area.DOUBTS,
    "consent": Area.DOUBTS,
    "desk": Area.FOLLOW_UPS,
    "queue": Area.FOLLOW_UPS,
    "replies": Area.FOLLOW_UPS,
    "why": Area.WHY,
    "privacy": Area.REQUESTS,
}
"""What one must be allowed to do on the pages to decide with the commands of a noun."""
OTHERWISE = Area.ACCOUNTS
FRESHLY = {("campaign", "approve"), ("installation", "lift_stop")}
"""Nouns and functions of commands that ask for a token of the last hour, as their pages ask for the password."""


def signed_in_decider(installation: "Installation", named: str) -> "Decider":
    """Return who is signed in, and may give the command that runs now.

    Args:
        installation: the installation.
        named: whom `--as` names, or an empty text.

    Raises:
        BadInput: nobody is signed in, it is somebody else than was named, or they may not do this.
    """
    from store.audit_log import Decider
    from store.states import Road

    found = who_is_signed_in(installation)
    if found is None:
        raise BadInput(
            "this database is shared, and you are not signed in",
            "sign in first: kaartje sign-in NAME",
        )
    by = Decider(found.token.name, road=Road.TOKEN)
    if named and not by.is_same(named):
        raise BadInput(
            Sentence("you are signed in as {who}", who=by.name),
            "leave --as away: it is believed on an embedded database only",
            field="--as",
        )
    _may_do_this(installation, found)
    return by


def who_is_signed_in(installation: "Installation") -> "SignedInBy | None":
    """Return the colleague whose token is kept here, or None."""
    from installation.personal_tokens import signed_in
    from installation.sign_in_file import kept_token, sign_in_file

    token = kept_token(sign_in_file(installation.settings), id_of(installation))
    return signed_in(installation, token) if token else None


def id_of(installation: "Installation") -> str:
    """Return the id of the installation, under which its token is kept."""
    from installation.identity import read_identity

    found = read_identity(installation.store)
    return found.uid if found else ""


def _may_do_this(installation: "Installation", found: "SignedInBy") -> None:
    from installation.personal_tokens import FRESH

    noun, verb = running_command()
    if found.token.commands and noun not in found.token.commands:
        raise BadInput(
            Sentence(
                "you are signed in for {commands} only", commands=", ".join(found.token.commands)
            ),
            "sign in again for this too",
        )
    if not may(found.role, DECIDES.get(noun, OTHERWISE)):
        raise BadInput(
            Sentence("{who} may not decide this", who=found.token.name),
            "ask a colleague who may; see `kaartje account list`",
        )
    if (noun, verb) in FRESHLY and found.token.made_at <= installation.now() - FRESH:
        raise BadInput(
            "you signed in more than an hour ago", "for this sign in again: kaartje sign-in NAME"
        )
