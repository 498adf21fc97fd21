"""The password once more, before something that cannot be undone counts."""

from collections.abc import Mapping
from dataclasses import dataclass

from console.web.known_browsers import origin_of
from console.web.sessions import Visit
from installation import accounts
from installation.provider_accounts import subject_of

FRESH = "fresh_until"
"""The session's key of until when a confirmation by the provider counts."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A text for at the field of the password."""

    key: str
    minutes: int = 0


def trouble_with(visit: Visit, form: Mapping[str, str]) -> Trouble | None:
    """Return why this colleague's password was not taken, or None where it was right."""
    installation, password = visit.installation, form.get("password", "")
    if subject_of(installation, visit.name) is not None:
        until = visit.request.session.pop(FRESH, 0)
        is_fresh = installation.now().timestamp() < until
        return None if is_fresh else Trouble("again.provider")
    if not password:
        return Trouble("again.empty")
    match accounts.check(
        installation.store,
        visit.name,
        password,
        installation.now(),
        key=installation.settings.key(),
        origin=origin_of(installation, visit.request, visit.name),
        action=accounts.CONFIRMED,
    ):
        case accounts.SignedIn():
            return None
        case accounts.TooManyTries(until):
            minutes = max(1, -(-int((until - installation.now()).total_seconds()) // 60))
            return Trouble("sign_in.too_many_tries", minutes)
        case accounts.WrongPassword():
            return Trouble("again.wrong")
