"""Backup of an installation as one set, its database and its files.

The database is copied first and the files after it. What is under way meanwhile then leaves at most a file or a journal
that is newer than the database, which the next pass asks about. The other order would lose what went out.
"""

import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import make_url

from installation.home_folder import database_file
from installation.installation import Installation
from installation.settings import Settings
from store.engine import fsync_folder
from store.errors import BadInput
from store.migrating import revision
from store.sentences import Sentence

MANIFEST, EMBEDDED, DUMP = "backup.json", "kaartje.sqlite3", "database.dump"
ERASURES = "erasures.jsonl"
_LEFT_OUT = (
    "locks",
    "prefect",
    ".restoring",
    "kaartje.sqlite3",
    "kaartje.sqlite3-wal",
    "kaartje.sqlite3-shm",
)
"""What of the home folder is made anew, or is the database itself."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Backup:
    """A backup, as its own manifest describes it."""

    made_at: datetime
    revision: str
    embedded: bool
    sums: dict[str, str]  # SHA-256 by the place in the backup

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "made_at": self.made_at.isoformat(),
            "revision": self.revision,
            "embedded": self.embedded,
            "sums": self.sums,
        }

    def as_text(self) -> bytes:
        """Return it as its file holds it."""
        return json.dumps(self.as_data(), indent=1).encode()


def make_backup(installation: Installation, file: Path) -> Backup:
    """Write the database and the files of an installation to one file that only its user may read.

    Raises:
        BadInput: the file is there already, it would lie in what it copies, or the database cannot be dumped.
    """
    settings = installation.settings
    file = file.absolute()
    if file.exists():
        raise BadInput("is there already", "name another file", file=str(file))
    if file.is_relative_to(settings.home.absolute()):
        raise BadInput("lies in the home folder", "keep it on another disk", file=str(file))
    draft, folder = file.with_name(f"{file.name}.part"), file.with_name(f".{file.name}.copy")
    sums: dict[str, str] = {}
    try:
        _remove(draft, folder)  # of a backup that was killed
        folder.mkdir(mode=0o700)
        database = _copy_database(settings, folder)
        with (
            open(draft, "xb", opener=_closed_to_others) as target,
            tarfile.open(fileobj=target, mode="w") as archive,
        ):
            _add(archive, database, database.name, sums)
            for place in _files(settings.home.absolute()):
                _add(archive, place, _name(settings, place), sums)
            if settings.erasures_file.is_file() and f"home/{ERASURES}" not in sums:
                _add(archive, settings.erasures_file, f"home/{ERASURES}", sums)
            made = Backup(
                made_at=installation.now(),
                revision=revision(installation.store) or "",
                embedded=installation.store.embedded,
                sums=sums,
            )
            text = made.as_text()
            entry = tarfile.TarInfo(MANIFEST)
            entry.size, entry.mode = len(text), 0o600
            archive.addfile(entry, io.BytesIO(text))
            archive.close()
            os.fsync(target.fileno())
        draft.replace(file)
        fsync_folder(file.parent)
    finally:
        _remove(draft, folder)
    return made


def _remove(draft: Path, folder: Path) -> None:
    draft.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def _closed_to_others(place: str, flags: int) -> int:
    return os.open(place, flags, 0o600)


def _copy_database(settings: Settings, folder: Path) -> Path:
    """Copy the database as it stands at one moment, while others go on writing."""
    source = database_file(settings)
    if source is None:
        run_postgres(
            "pg_dump", settings, "--format=custom", "--no-owner", f"--file={folder / DUMP}"
        )
        return folder / DUMP
    with (
        closing(sqlite3.connect(source)) as given,
        closing(sqlite3.connect(folder / EMBEDDED)) as copy,
    ):
        given.backup(copy)  # in one step: in several it begins anew whenever somebody writes
    return folder / EMBEDDED


def run_postgres(program: str, settings: Settings, *options: str) -> None:
    """Run a program of PostgreSQL's own on the database. The password is handed over in the environment."""
    found = shutil.which(program)
    if found is None:
        raise BadInput(
            Sentence("{program} is not on this machine", program=program),
            "install PostgreSQL's client programs of the server's version",
            field="PATH",
        )
    url = make_url(settings.url).set(drivername="postgresql")
    given = conninfo_to_dict(url.render_as_string(hide_password=False))
    named = {"dbname": "PGDATABASE"}
    environment = {
        named.get(name, f"PG{name.upper()}"): str(value) for name, value in given.items()
    }
    done = subprocess.run(  # noqa: S603  our own words, and a program that the operator installed
        [found, *options], env={**os.environ, **environment}, capture_output=True, check=False
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise BadInput(
            Sentence("{program} failed: {said}", program=program, said=said[0] if said else "-"),
            "use the client programs of the server's version",
            field="KAARTJE_DATABASE_URL",
        )


def _files(home: Path) -> Iterator[Path]:
    """Yield the files of the home folder that a backup keeps, in the order of their names."""
    for place in sorted(home.rglob("*")):
        first = place.relative_to(home).parts[0]
        if first not in _LEFT_OUT and place.is_file() and not place.is_symlink():
            yield place


def _name(settings: Settings, place: Path) -> str:
    return f"home/{place.relative_to(settings.home.absolute()).as_posix()}"


def _add(archive: tarfile.TarFile, place: Path, name: str, sums: dict[str, str]) -> None:
    """Put a file into the archive as it is now. One that went meanwhile is left out."""
    try:
        source = place.open("rb")
    except FileNotFoundError:
        return
    with source:
        size, digest = os.fstat(source.fileno()).st_size, hashlib.sha256()
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode, entry.mtime = size, 0o600, int(place.stat().st_mtime)
        archive.addfile(entry, _Summed(source, size, digest))
    sums[name] = digest.hexdigest()


class _Summed(io.RawIOBase):
    """A file's first `size` bytes, summed as they are read: a journal may grow meanwhile."""

    def __init__(self, source: Any, size: int, digest: Any) -> None:
        self._source, self._left, self._digest = source, size, digest

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        most = self._left if size < 0 else min(size, self._left)
        block: bytes = self._source.read(most)
        self._left -= len(block)
        self._digest.update(block)
        return block


def read_manifest(file: Path) -> Backup:
    """Return what a backup says it holds.

    Raises:
        BadInput: the file cannot be read, or is no whole backup.
    """
    try:
        with tarfile.open(file) as archive:
            member = archive.extractfile(MANIFEST)
            given = json.loads(member.read()) if member else {}
        return Backup(
            made_at=datetime.fromisoformat(given["made_at"]),
            revision=given["revision"],
            embedded=given["embedded"],
            sums=given["sums"],
        )
    except FileNotFoundError:
        raise BadInput("is not there", "name the file of a backup", file=str(file)) from None
    except (tarfile.TarError, KeyError, ValueError, OSError):
        raise BadInput(
            "is no whole backup", "name a file that kaartje backup made", file=str(file)
        ) from None
