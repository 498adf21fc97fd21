"""Restore of a backup into an empty home folder and an empty database.

What was unpacked lies in `.restoring` in the home folder until all of it is in its place. So a restore that was killed
is given again and goes on.
"""

import hashlib
import os
import shutil
import tarfile
from pathlib import Path, PurePosixPath
from typing import IO

from sqlalchemy import make_url

from channels.outbox import write_synced
from installation.home_folder import database_file
from installation.settings import Settings
from operations.backups import (
    DUMP,
    EMBEDDED,
    ERASURES,
    MANIFEST,
    Backup,
    read_manifest,
    run_postgres,
)
from store.engine import fsync_folder, open_store
from store.errors import BadInput
from store.migrating import revision
from store.migrations import HEAD
from store.sentences import Sentence

RESTORING = ".restoring"
_BLOCK = 2**20


def restore_backup(file: Path, settings: Settings) -> Backup:
    """Bring a backup back, once every sum is right.

    A list of erasures that is there already is newer, and stays.

    Raises:
        BadInput: the file is no whole backup, or there is an installation where it would go.
    """
    home = settings.home.absolute()
    made = read_manifest(file)
    draft = home / RESTORING
    begun = draft / MANIFEST
    if not (begun.is_file() and begun.read_bytes() == made.as_text()):
        _refuse_full(settings, home, made)
        shutil.rmtree(draft, ignore_errors=True)
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        _unpack(file, made, draft)
    _bring_database(settings, made, draft)
    _bring_files(draft / "home", home, settings)
    shutil.rmtree(draft)
    return made


def _refuse_full(settings: Settings, home: Path, made: Backup) -> None:
    """Refuse to bring a backup over an installation that is there, or into another kind of database."""
    if (home / "installation.id").exists() or (home / "secret.key").exists():
        raise BadInput(
            "is the home of an installation", "name an empty folder", field="KAARTJE_HOME"
        )
    if made.embedded != settings.url.startswith("sqlite"):
        kind = "SQLite" if made.embedded else "PostgreSQL"
        raise BadInput(
            Sentence("the backup is of a database of {kind}", kind=kind),
            "name a database of that kind",
            field="KAARTJE_DATABASE_URL",
        )
    if made.revision > HEAD:
        raise BadInput(
            Sentence(
                "the backup is at {found}, which is newer than this program", found=made.revision
            ),
            "install the Kaartje that made it, or a newer one",
        )
    place = database_file(settings)
    if place.exists() if place is not None else _revision_of(settings) is not None:
        raise BadInput("is not empty", "name an empty database", field="KAARTJE_DATABASE_URL")


def _unpack(file: Path, made: Backup, draft: Path) -> None:
    """Unpack the files that the manifest names, each held against its sum, and the manifest last."""
    wanted = dict(made.sums)
    with tarfile.open(file) as archive:
        for entry in archive:
            source = archive.extractfile(entry) if entry.name in wanted else None
            if source is None or not _is_inside(entry.name):
                continue
            target = draft / entry.name
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if _copy(source, target) == wanted[entry.name]:
                del wanted[entry.name]
    if wanted:
        shutil.rmtree(draft, ignore_errors=True)
        raise BadInput(
            Sentence("{name} is missing or damaged", name=min(wanted)),
            "use another backup; nothing was restored",
            file=str(file),
        )
    write_synced(draft / MANIFEST, made.as_text())


def _is_inside(name: str) -> bool:
    place = PurePosixPath(name)
    return not place.is_absolute() and ".." not in place.parts


def _copy(source: IO[bytes], target: Path) -> str:
    """Write a file that survives a power cut, and return its SHA-256."""
    digest = hashlib.sha256()
    with target.open("wb") as copy:
        while block := source.read(_BLOCK):
            digest.update(block)
            copy.write(block)
        copy.flush()
        os.fsync(copy.fileno())
    return digest.hexdigest()


def _bring_database(settings: Settings, made: Backup, draft: Path) -> None:
    """Put the database in its place, unless a restore that was killed had done that."""
    place = database_file(settings)
    if place is not None and (draft / EMBEDDED).exists():
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        (draft / EMBEDDED).replace(place)
        fsync_folder(place.parent)
    elif not made.embedded and _revision_of(settings) is None:
        run_postgres(
            "pg_restore",
            settings,
            "--no-owner",
            "--exit-on-error",
            "--single-transaction",
            f"--dbname={make_url(settings.url).database}",
            str(draft / DUMP),
        )


def _bring_files(source: Path, home: Path, settings: Settings) -> None:
    for place in sorted(source.rglob("*")) if source.is_dir() else ():
        inside = place.relative_to(source)
        target = settings.erasures_file if inside == Path(ERASURES) else home / inside
        if place.is_dir() or (inside == Path(ERASURES) and target.exists()):
            continue
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        place.replace(target)
        fsync_folder(target.parent)


def _revision_of(settings: Settings) -> str | None:
    store = open_store(settings.url, locks=settings.home.absolute() / "locks")
    try:
        return revision(store)
    finally:
        store.engine.dispose()
