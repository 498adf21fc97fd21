"""A folder of JSON documents as a register of contacts, for a body without Open Klant.

Each contact and each task is a file, as it would be sent to Open Klant.

A colleague, or whatever reads the folder, says that a task was done by writing `"status": "verwerkt"` and
`"afgehandeldOp"` in its file.
"""

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from channels.interactions.open_klant import contact_body, done, task_body
from channels.interactions.port import Contact, Declined, Put, Task, Unclear
from channels.outbox import write_synced
from channels.port import Unavailable
from store.sentences import Sentence, as_sentence
from store.system_errors import reason_of


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder in which a file appears whole or not at all, and under one name only."""

    path: Path

    @property
    def name(self) -> str:
        """Path of the folder."""
        return str(self.path)

    def put_contact(self, contact: Contact) -> Put | Declined | Unclear:
        """Write a contact."""
        return self._write(
            _file("klantcontact", contact.key), {"key": contact.key, **contact_body(contact)}
        )

    def find_contact(self, key: str) -> str | None:
        """Return the file of a contact, if there is one."""
        return self._existing(_file("klantcontact", key))

    def put_task(self, task: Task) -> Put | Declined | Unclear:
        """Write a task."""
        return self._write(_file("internetaak", task.key), {"key": task.key, **task_body(task)})

    def find_task(self, task: Task, *, besides: frozenset[str]) -> str | None:
        """Return the file of a task, if there is one."""
        del besides  # its name is its own
        return self._existing(_file("internetaak", task.key))

    def done_at(self, remote: str) -> datetime | None:
        """Return when a task was done, or None where it was not, or its file is gone."""
        try:
            return done(json.loads((self.path / remote).read_text("utf-8")))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise Unavailable(Sentence("{file} cannot be read", file=remote)) from error

    def _write(self, name: str, document: dict[str, Any]) -> Put:
        growing = self.path / f"{name}.part"
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            write_synced(
                growing, (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()
            )
            growing.replace(self.path / name)
            folder = os.open(self.path, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            raise Unavailable(
                Sentence("the folder {why}", why=as_sentence(reason_of(error)))
            ) from error
        return Put(name)

    def _existing(self, name: str) -> str | None:
        return name if (self.path / name).exists() else None


def _file(kind: str, key: str) -> str:
    return f"{kind}-{key.replace(':', '-')}.json"
