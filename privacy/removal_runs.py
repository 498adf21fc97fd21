"""Removal of everything whose retention period is over, ledgers and classes together."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from campaigns.looking_back.retention import Ledger, LedgerState, ledgers, remove_due
from installation.installation import Installation
from privacy.class_retention import Removed, due_by_class, remove_by_class
from store.audit_log import Decider


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovalReport:
    """Counts of what was removed or would be.

    Attributes:
        dry_run: Whether nothing was removed.
        ledgers: The ledgers of campaigns whose period is over.
        classes: Rows and files by retention class.
    """

    dry_run: bool
    ledgers: tuple[Ledger, ...]
    classes: tuple[Removed, ...]

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "dry_run": self.dry_run,
            "ledgers": [each.as_data() for each in self.ledgers],
            "classes": [each.as_data() for each in self.classes],
        }


def due(installation: Installation, *, now: datetime) -> RemovalReport:
    """Return what is over, without removing anything.

    Raises:
        BadInput: the file of periods is wrong.
    """
    over = [each for each in ledgers(installation, now=now) if each.standing is LedgerState.DUE]
    classes = due_by_class(installation, now=now)
    return RemovalReport(dry_run=True, ledgers=tuple(over), classes=tuple(classes))


def remove(installation: Installation, *, by: Decider, now: datetime) -> RemovalReport:
    """Remove everything that is over. After an interruption, run it again.

    Raises:
        BadInput: the file of periods is wrong, or another process is removing.
    """
    gone = remove_due(installation, by=by, now=now)
    classes = remove_by_class(installation, by=by, now=now)
    return RemovalReport(dry_run=False, ledgers=tuple(gone), classes=tuple(classes))
