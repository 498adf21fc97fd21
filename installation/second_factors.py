"""Second factor of a local account, a code of six digits from an app (TOTP, RFC 6238).

The database keeps a random salt. The app's secret is derived from it and from the installation's secret, so that a
copy of the database opens no account. A code counts once.
"""

import secrets
from base64 import b32encode
from datetime import datetime

from pyotp import TOTP
from pyotp.utils import strings_equal
from sqlalchemy import Connection, or_, select, update

from installation import accounts
from installation.accounts import Checked, Origin, SignedIn, TooManyTries, WrongPassword
from installation.derived_keys import Purpose
from installation.installation import Installation
from installation.settings import Settings
from store.audit_log import About, Decider, Kind, record
from store.errors import BadInput
from store.states import Role
from store.tables import Account

ISSUER = "Kaartje"
TURNED_ON, TURNED_OFF = "turned_on_second_factor", "turned_off_second_factor"
_SECRET_BYTES = 20
_AROUND = (0, -1, 1)  # half-minutes by which a telephone's clock may differ


def new_salt() -> str:
    """Return a salt for a secret that no app has yet."""
    return secrets.token_hex(16)


def app_of(settings: Settings, name: str, salt: str) -> TOTP:
    """Return the secret that an app of this account gets, with its address for a QR code."""
    key = settings.key_for(Purpose.SECOND_FACTOR, f"{name} {salt}")
    return TOTP(b32encode(key[:_SECRET_BYTES]).decode(), name=name, issuer=ISSUER)


def is_asked(installation: Installation, name: str) -> bool:
    """Say whether this account gives a code after its password."""
    with installation.store.reading() as connection:
        return _salt(connection, name.strip().lower()) is not None


def turn_on(installation: Installation, name: str, salt: str, code: str, *, by: Decider) -> None:
    """Ask for a code from now on, after one that shows that the app has the secret.

    Raises:
        BadInput: The code is not the app's.
    """
    now = installation.now()
    step = _step(app_of(installation.settings, name, salt), code, now)
    if step is None:
        raise BadInput(
            "this is not the code of now", "wait for the next one, and look at the clock"
        )
    with installation.store.writing() as connection:
        connection.execute(
            update(Account)
            .where(Account.name == name)
            .values(second_factor=salt, second_factor_step=step)
        )
        record(connection, by, TURNED_ON, About(Kind.ACCOUNT, name), now=now)


def turn_off(installation: Installation, name: str, *, by: Decider) -> bool:
    """Ask for no code any more, and say whether one was asked for."""
    with installation.store.writing() as connection:
        gone = connection.execute(
            update(Account)
            .where(Account.name == name, Account.second_factor.is_not(None))
            .values(second_factor=None, second_factor_step=None)
        ).rowcount
        if gone:
            record(connection, by, TURNED_OFF, About(Kind.ACCOUNT, name), now=installation.now())
    return bool(gone)


def check(
    installation: Installation, name: str, code: str, *, origin: Origin = accounts.NOWHERE
) -> Checked:
    """Check the code of an account whose password was right, with the limits of passwords."""
    now = installation.now()
    with installation.store.writing() as connection:
        tried = accounts.begin_try(connection, name, origin, now)
        if isinstance(tried, TooManyTries):
            return tried
    with installation.store.writing() as connection:
        role = _taken(connection, installation.settings, name, code, now)
        if role is None:
            return WrongPassword()
        return SignedIn(name, role, accounts.end_try(connection, name, origin, now, tried))


def _taken(
    connection: Connection, settings: Settings, name: str, code: str, now: datetime
) -> Role | None:
    """Use a code, and return the role of its account, or None of one that was used or is wrong."""
    salt = _salt(connection, name)
    step = None if salt is None else _step(app_of(settings, name, salt), code, now)
    if step is None:
        return None
    used = connection.execute(
        update(Account)
        .where(
            Account.name == name,
            Account.active.is_(True),
            or_(Account.second_factor_step.is_(None), Account.second_factor_step < step),
        )
        .values(second_factor_step=step)
        .returning(Account.role)
    )
    return used.scalar_one_or_none()


def _salt(connection: Connection, name: str) -> str | None:
    query = select(Account.second_factor).where(Account.name == name, Account.active.is_(True))
    return connection.execute(query).scalar_one_or_none()


def _step(app: TOTP, code: str, now: datetime) -> int | None:
    """Return the half-minute that a code belongs to, or None of a wrong one."""
    digits = "".join(code.split())
    middle = app.timecode(now)
    return next(
        (
            middle + around
            for around in _AROUND
            if strings_equal(app.generate_otp(middle + around), digits)
        ),
        None,
    )
