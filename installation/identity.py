"""Identity of an installation, so that no machine works on a shared database with other settings.

The first machine that opens a database writes its identity: an id, which stands in the home folder too, the
fingerprint of the secret key, and a short hash of every value in the files that decide who is reached and at what
price. Whoever opens it later must have the same. A difference is refused in one line before anything is read or sent.
"""

import logging
import secrets
import socket
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Connection, select, update

from installation.agreed_files import STORE, Agreed, agreed_of, differences, refuse_difference
from installation.derived_keys import Purpose
from installation.home_folder import UID_FILE, share_home, uid_of, write_uid
from installation.secret_checks import check_new_secret
from installation.settings import Settings
from store.audit_log import About, Decider, Kind, record
from store.engine import Store
from store.errors import BadInput
from store.insert_ignore import add_new
from store.sentences import Sentence
from store.states import Road
from store.tables import InstallationIdentity

LOG = logging.getLogger("kaartje.installation")
TEMPORARY = ("/tmp", "/var/tmp", "/dev/shm", "/run", tempfile.gettempdir())  # noqa: S108  refused


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Identity of an installation as its database holds it.

    Attributes:
        uid: 32 hexadecimal characters, also in the file `installation.id` of the home folder.
        made_at: When it was first opened.
        home: Where its home folder was then, with the host's name.
        rehearsal: Whether it is for trying out: `--now`, `--as` and a temporary home are taken.
        key_fingerprint: Of the secret key.
        agreed: Of the policy, the print shop and the prices.
    """

    uid: str
    made_at: datetime
    home: str
    rehearsal: bool
    key_fingerprint: str
    agreed: Agreed


def identify(store: Store, settings: Settings, *, now: datetime) -> Identity:
    """Return the identity of this database, written now if it has none, once it fits this machine.

    The embedded database is one machine's own: only its key must be the right one.

    Raises:
        BadInput: The home folder, the key or a file is not the installation's, or the database was lost.
    """
    found = read_identity(store)
    if found is None:
        _refuse_lost_database(settings)
        if not store.embedded:
            _refuse_home(settings, rehearsal=settings.rehearsal)
        _refuse_weak_key(settings)
        return _write(store, settings, now=now)
    if not store.embedded:
        _refuse_home(settings, rehearsal=found.rehearsal)
        _refuse_switches(settings, found)
        if not _may_join(settings, found):
            _refuse_other_home(settings, found)
    refuse_other_key(settings, found)
    if store.embedded:
        _complete_home(settings, found)
    else:
        refuse_difference(found.agreed, agreed_of(settings))
        _join(settings, found)
    return found


def _may_join(settings: Settings, found: Identity) -> bool:
    """Say whether a new home may work beside others, since nothing that matters lies in any of them."""
    shares = settings.files and settings.shared_folder != settings.home.absolute()
    return bool(shares and found.agreed.get(STORE)) and uid_of(settings.home) is None


def _join(settings: Settings, found: Identity) -> None:
    if uid_of(settings.home) is None:
        write_uid(settings.home, found.uid)


def _complete_home(settings: Settings, found: Identity) -> None:
    """Put back the id of a home folder whose key is the database's, or refuse another's id."""
    here = uid_of(settings.home)
    if here is None:
        write_uid(settings.home, found.uid)
        LOG.warning(
            "note: %s had no %s, and has it again from its database;"
            " look whether other files of the folder are missing, such as its print runs",
            settings.home.absolute(),
            UID_FILE,
        )
    elif here != found.uid:
        _refuse_other_home(settings, found)


def _refuse_weak_key(settings: Settings) -> None:
    """Refuse a key that somebody chose and anybody would try, from the environment or from its file."""
    if settings.has_key:
        field = "KAARTJE_SECRET" if settings.has_given_key else str(settings.key_file)
        check_new_secret(settings.key().decode(), field=field)


def _refuse_lost_database(settings: Settings) -> None:
    """Refuse an empty database beside the home folder of an installation that had one."""
    if uid_of(settings.home) is not None:
        raise BadInput(
            Sentence(
                "the database is empty or was not there, and {home} is the home of an installation that had one",
                home=settings.home.absolute(),
            ),
            Sentence(
                "put the database back from the last backup, or name the right one;"
                " to begin anew, name another home, or move {file} out of this one",
                file=UID_FILE,
            ),
            field="KAARTJE_HOME",
        )


def need_identity(store: Store) -> Identity:
    """Return what the database says of itself.

    Raises:
        BadInput: Nobody has opened it yet.
    """
    if (found := read_identity(store)) is None:
        raise BadInput(
            "this database belongs to no installation yet", "run any other command first"
        )
    return found


def read_identity(store: Store) -> Identity | None:
    """Return what the database says of itself, or None where nobody has opened it yet."""
    with store.reading() as connection:
        row = connection.execute(
            select(
                InstallationIdentity.uid,
                InstallationIdentity.made_at,
                InstallationIdentity.home,
                InstallationIdentity.rehearsal,
                InstallationIdentity.key_fingerprint,
                InstallationIdentity.agreed,
            )
        ).one_or_none()
    return None if row is None else Identity(**row._asdict())


def _write(store: Store, settings: Settings, *, now: datetime) -> Identity:
    """Write this machine's identity, unless another machine was quicker, and check it against what stands."""
    uid = uid_of(settings.home) or secrets.token_hex(16)
    with store.writing() as connection:
        row = {
            "id": 1,
            "uid": uid,
            "made_at": now,
            "home": _place(settings),
            "rehearsal": settings.rehearsal,
            "key_fingerprint": fingerprint(settings),
            "agreed": agreed_of(settings),
        }
        add_new(connection, InstallationIdentity, [row])
        stands = select(InstallationIdentity.uid)
        if connection.execute(stands).scalar_one() == uid:
            write_uid(settings.home, uid)
    return identify(store, settings, now=now)


def fingerprint(settings: Settings) -> str:
    """Return 32 hexadecimal characters that tell the secret key from another without revealing it."""
    return settings.key_for(Purpose.FINGERPRINT).hex()[:32]


def _refuse_home(settings: Settings, *, rehearsal: bool) -> None:
    """Refuse a home folder that a shared database would lose."""
    if not settings.home.is_absolute():
        raise BadInput(
            Sentence("{home!r} is not an absolute path", home=str(settings.home)),
            "with KAARTJE_DATABASE_URL set, name the whole path of the installation's folder,"
            " as /srv/kaartje",
            field="KAARTJE_HOME",
        )
    if not rehearsal and _is_temporary(settings.home):
        raise BadInput(
            Sentence("{home} is a temporary folder", home=settings.home),
            "print runs and journals would go with it: name a folder that stays",
            field="KAARTJE_HOME",
        )


def _is_temporary(home: Path) -> bool:
    folders = {Path(each).resolve() for each in TEMPORARY}
    return bool(folders & {home.resolve(), *home.resolve().parents})


def _refuse_switches(settings: Settings, found: Identity) -> None:
    if found.rehearsal:
        return
    if settings.now:
        raise BadInput(
            "a real shared database goes by the machine's own clock",
            "remove KAARTJE_NOW",
            field="KAARTJE_NOW",
        )
    if settings.rehearsal:
        raise BadInput(
            "this database is not for rehearsals",
            "remove KAARTJE_REHEARSAL, or make a database of its own to rehearse in",
            field="KAARTJE_REHEARSAL",
        )


def _refuse_other_home(settings: Settings, found: Identity) -> None:
    here = uid_of(settings.home)
    if here == found.uid:
        return
    if here:
        problem = Sentence("{home} is that of another installation", home=settings.home)
    else:
        problem = Sentence("{home} is not this installation's", home=settings.home)
    raise BadInput(
        problem,
        Sentence(
            "its home was made at {made}: use that folder on every machine (a shared one), or give every machine"
            " a home of its own and the same KAARTJE_FILES. Where it is lost, restore it from a backup,"
            " or run `kaartje installation adopt`",
            made=found.home,
        ),
        field="KAARTJE_HOME",
    )


def refuse_other_key(settings: Settings, found: Identity) -> None:
    """Refuse a key that is not the installation's, after ending a change of key that was interrupted.

    Raises:
        BadInput: It is not.
    """
    if not settings.has_given_key and settings.next_key_file.exists():
        _end_rotation(settings, found)
    if not settings.has_key:
        raise BadInput(
            Sentence(
                "there is no secret.key in {home}, and the database was filled under one",
                home=settings.home.absolute(),
            ),
            "put it back from a backup, or set KAARTJE_SECRET to it",
            field="KAARTJE_SECRET",
        )
    if fingerprint(settings) != found.key_fingerprint:
        raise BadInput(
            "this is not the key that the database was filled under",
            "set the right one, or change it on purpose with `kaartje installation rotate-key`",
            field="KAARTJE_SECRET",
        )


def _end_rotation(settings: Settings, found: Identity) -> None:
    """Take the next key if the database knows it already, and forget it otherwise."""
    following = settings.next_key_file.read_text().strip()
    candidate = settings.model_copy(update={"secret": SecretStr(following)})
    if fingerprint(candidate) == found.key_fingerprint:
        settings.take_next_key()
    else:
        settings.next_key_file.unlink()


def agree_on(store: Store, settings: Settings, *, by: str, now: datetime) -> dict[str, list[str]]:
    """Make this machine's files those of the installation, and return the names of what changed.

    Raises:
        BadInput: The key is not the installation's, or a file cannot be read.
    """
    found = need_identity(store)
    refuse_other_key(settings, found)
    agreed = agreed_of(settings)
    changed = differences(found.agreed, agreed)
    if STORE in changed:
        share_home(settings)
    with store.writing() as connection:
        connection.execute(update(InstallationIdentity).values(agreed=agreed))
        _record(connection, found, "agree on files", by, now, differs=changed)
    return changed


def adopt_home(store: Store, settings: Settings, *, by: str, now: datetime) -> None:
    """Make this machine's home folder the installation's.

    Raises:
        BadInput: The folder would be lost, is another installation's, or the key is not the installation's.
    """
    found = need_identity(store)
    _refuse_home(settings, rehearsal=found.rehearsal or store.embedded)
    if uid_of(settings.home) not in {None, found.uid}:
        raise BadInput(
            Sentence("{home} is that of another installation", home=settings.home),
            "name an empty folder, or the installation's own",
            field="KAARTJE_HOME",
        )
    refuse_other_key(settings, found)
    with store.writing() as connection:
        connection.execute(update(InstallationIdentity).values(home=_place(settings)))
        _record(connection, found, "adopt home", by, now, home=_place(settings))
        write_uid(settings.home, found.uid)


def _place(settings: Settings) -> str:
    return f"{settings.home.absolute()} on {socket.gethostname()}"


def _record(
    connection: Connection, found: Identity, action: str, by: str, now: datetime, **detail: Any
) -> None:
    about = About(Kind.INSTALLATION, found.uid)
    record(connection, Decider(by, road=Road.COMMAND), action, about, now=now, **detail)
