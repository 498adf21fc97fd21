"""Retention periods of the body, by class, and the campaigns under legal hold.

A file, `retention.toml` in the home folder, says them:

    legal_hold = ["contact-cards-2021"]   # campaigns whose rows stay, whatever their class

    [days]                                # ledgers, by the class that a campaign names in its file
    two-years = 730

    [classes]                             # rows, by the class of their table
    conversation = 365

A class without a period is never removed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictInt

from installation.settings import Settings
from store.column_classes import Retention
from store.described_toml import DescribedToml
from store.errors import BadInput

_LONGEST = 36_500
Days = Annotated[StrictInt, Field(ge=1, le=_LONGEST)]


@dataclass(frozen=True, slots=True)
class Periods:
    """Retention periods by class, and the campaigns under legal hold. `file` is None where there is none."""

    file: Path | None
    days: Mapping[str, int]
    legal_hold: frozenset[str]
    classes: Mapping[Retention, int]


class _RetentionFile(BaseModel):
    """The whole of `retention.toml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    days: Mapping[str, Days] = {}
    classes: Mapping[Retention, Days] = {}
    legal_hold: frozenset[str] = frozenset()


_FILE = DescribedToml(
    kind=_RetentionFile,
    name="the file of retention periods",
    see="docs/retention-and-shadow.md",
    setting="KAARTJE_RETENTION",
)


def periods_of(settings: Settings) -> Periods:
    """Read the retention periods. Without a file nothing is ever removed.

    Raises:
        BadInput: the file cannot be read, has an unknown key or class or a wrong period, or the named file is not
            there.
    """
    file = settings.retention_file
    if not file.exists():
        if settings.retention:
            raise BadInput(
                "is not there",
                "KAARTJE_RETENTION names it: write it, or unset the setting",
                file=str(file),
            )
        return Periods(None, {}, frozenset(), {})
    read = _FILE.read(file)
    return Periods(file, read.days, read.legal_hold, read.classes)
