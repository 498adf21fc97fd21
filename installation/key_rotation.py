"""Change the secret key of an installation, with all that was made under it."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from pydantic import SecretStr
from sqlalchemy import update

from installation.agreed_files import agreed_of
from installation.identity import fingerprint, need_identity, refuse_other_key
from installation.secret_checks import check_new_secret
from installation.settings import Settings
from people.erased.keys_of_erasures import wrap_anew, write_key
from store.audit_log import About, Decider, Kind, record
from store.engine import Store
from store.states import Road
from store.tables import Account, ApiToken, InstallationIdentity


@dataclass(frozen=True, slots=True)
class Rotated:
    """Count of the API tokens that a change of key closed."""

    tokens: int


def rotate(store: Store, settings: Settings, new_secret: str, *, by: str, now: datetime) -> Rotated:
    """Put the new key in the place of the present one.

    Second factors end, since their apps have secrets under the old key. Erasures keep theirs, wrapped anew.

    Args:
        store: The database.
        settings: With the present key.
        new_secret: The new key. Empty: one is made, in the home folder.
        by: Who does this.
        now: The present moment.

    Raises:
        BadInput: The present key is not the installation's, or the new one is too short.
    """
    found = need_identity(store)
    refuse_other_key(settings, found)
    new = check_new_secret(new_secret or secrets.token_hex(32), field="KAARTJE_NEW_SECRET")
    if not new_secret:
        settings.write_next_key(new)  # before the database knows it, so that it is never lost
    after = settings.model_copy(update={"secret": SecretStr(new)})
    with store.writing() as connection:
        wrapped = wrap_anew(connection, settings.key(), new.encode())
        closed = connection.execute(
            update(ApiToken)
            .where(ApiToken.revoked_at.is_(None))
            .values(revoked_at=now, revoked_by=by)
        )
        connection.execute(
            update(InstallationIdentity).values(
                key_fingerprint=fingerprint(after), agreed=agreed_of(after)
            )
        )
        connection.execute(  # the apps have secrets under the old key
            update(Account).values(second_factor=None, second_factor_step=None)
        )
        decider = Decider(by, road=Road.COMMAND)
        about = About(Kind.INSTALLATION, found.uid)
        record(connection, decider, "rotate key", about, now=now)
    if wrapped is not None:
        write_key(settings.erasures_file, wrapped)
    if not new_secret:
        settings.take_next_key()
    return Rotated(closed.rowcount)
