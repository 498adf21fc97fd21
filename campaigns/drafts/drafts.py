"""Drafts of campaigns in the database, from the first line to their submission."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from campaigns.drafts.document_edits import (
    Location,
    document_of,
    edited,
    fingerprint,
)
from installation.installation import Installation
from store.audit_log import About, Decider, Kind, record
from store.errors import BadInput
from store.sentences import Sentence
from store.tables import CampaignDraft, CampaignDraftVersion
from store.yaml_lines import LARGEST

MOST_LISTED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A draft as it stands now."""

    id: int
    source: str
    made_at: datetime
    made_by: str
    changed_at: datetime
    changed_by: str
    submitted_as: str | None
    version: int  # the newest that was saved

    @property
    def document(self) -> dict[str, Any]:
        """The campaign file as plain values."""
        return document_of(self.source)


@dataclass(frozen=True, slots=True)
class Version:
    """One saved version of a draft."""

    number: int
    source: str
    saved_at: datetime
    saved_by: str


class ChangedMeanwhile(Exception):
    """Somebody else changed these values since they were shown."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(draft.id)
        self.draft = draft


def make(installation: Installation, source: str, *, by: Decider, now: datetime) -> int:
    """Make a draft of the text of a campaign file, with its first version.

    Raises:
        BadInput: the text is not YAML that we take.
    """
    document_of(source)
    who = {"made_at": now, "made_by": by.name, "changed_at": now, "changed_by": by.name}
    with installation.store.writing() as connection:
        made = connection.execute(
            insert(CampaignDraft).values(source=source, **who).returning(CampaignDraft.id)
        ).scalar_one()
        _save_version(connection, made, source, by=by, now=now)
        record(connection, by, "make draft", About(Kind.CAMPAIGN_DRAFT, made), now=now)
    return made


def find(installation: Installation, draft_id: int) -> Draft | None:
    """Return a draft, or None where there is none."""
    with installation.store.reading() as connection:
        return _find(connection, draft_id)


def open_drafts(installation: Installation) -> tuple[Draft, ...]:
    """Return the drafts that were not submitted, the latest change first."""
    chosen = (
        _chosen()
        .where(CampaignDraft.submitted_as.is_(None))
        .order_by(CampaignDraft.changed_at.desc(), CampaignDraft.id.desc())
        .limit(MOST_LISTED)
    )
    with installation.store.reading() as connection:
        return tuple(Draft(**row) for row in connection.execute(chosen).mappings())


def versions(installation: Installation, draft_id: int) -> tuple[Version, ...]:
    """Return the versions of a draft, the newest first."""
    chosen = (
        select(
            CampaignDraftVersion.number,
            CampaignDraftVersion.source,
            CampaignDraftVersion.saved_at,
            CampaignDraftVersion.saved_by,
        )
        .where(CampaignDraftVersion.draft_id == draft_id)
        .order_by(CampaignDraftVersion.number.desc())
    )
    with installation.store.reading() as connection:
        return tuple(Version(*row) for row in connection.execute(chosen))


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Change of the values on one page of a draft.

    Attributes:
        values: The new value of each place. None takes it away.
        about: Every place that the page shows.
        was: The fingerprint of those places when the page was shown.
        as_version: Whether it is saved as a version. What is typed is not.
    """

    values: Mapping[Location, Any]
    about: Collection[Location]
    was: str
    as_version: bool = True


def change(
    installation: Installation, draft_id: int, made: Change, *, by: Decider, now: datetime
) -> Draft:
    """Change values of a draft.

    Sending the same form twice changes nothing the second time.

    Raises:
        ChangedMeanwhile: other values stand there than were shown; nothing was changed.
        BadInput: the draft is closed, or becomes too large.
    """

    def altered(draft: Draft) -> str:
        document = draft.document
        source = edited(draft.source, made.values)
        after = fingerprint(document_of(source), made.about)
        if fingerprint(document, made.about) not in {made.was, after}:
            raise ChangedMeanwhile(draft)
        return source

    return _alter(installation, draft_id, altered, by=by, now=now, as_version=made.as_version)


def restore(
    installation: Installation, draft_id: int, number: int, *, by: Decider, now: datetime
) -> Draft | None:
    """Make an earlier version the newest, or return None where there is none.

    Raises:
        BadInput: the draft is closed.
    """
    chosen = next(
        (each for each in versions(installation, draft_id) if each.number == number), None
    )
    if chosen is None:
        return None
    return _alter(installation, draft_id, lambda _: chosen.source, by=by, now=now, as_version=True)


def remove(installation: Installation, draft_id: int, *, by: Decider, now: datetime) -> None:
    """Remove a draft with its versions. One that was submitted stays."""
    with installation.store.writing() as connection:
        draft = _find(connection, draft_id, held=True)
        if draft is None or draft.submitted_as:
            return
        connection.execute(
            delete(CampaignDraftVersion).where(CampaignDraftVersion.draft_id == draft_id)
        )
        connection.execute(delete(CampaignDraft).where(CampaignDraft.id == draft_id))
        record(connection, by, "remove draft", About(Kind.CAMPAIGN_DRAFT, draft_id), now=now)


def close(installation: Installation, draft_id: int, name: str) -> None:
    """Write down as which campaign a draft was submitted."""
    with installation.store.writing() as connection:
        connection.execute(
            update(CampaignDraft)
            .where(CampaignDraft.id == draft_id, CampaignDraft.submitted_as.is_(None))
            .values(submitted_as=name)
        )


def _alter(
    installation: Installation,
    draft_id: int,
    altered: Callable[[Draft], str],
    *,
    by: Decider,
    now: datetime,
    as_version: bool,
) -> Draft:
    with installation.store.writing() as connection:
        draft = _find(connection, draft_id, held=True)
        if draft is None:
            raise BadInput("this draft is not there any more", "look at the list of drafts")
        if draft.submitted_as:
            raise BadInput(
                Sentence("this draft was submitted as {name}", name=draft.submitted_as),
                "begin a new draft from that campaign",
            )
        source = altered(draft)
        if len(source.encode()) > LARGEST:
            raise BadInput("the campaign file would become too long", "write shorter texts")
        if source != draft.source:
            connection.execute(
                update(CampaignDraft)
                .where(CampaignDraft.id == draft_id)
                .values(source=source, changed_at=now, changed_by=by.name)
            )
        if as_version:
            _save_version(connection, draft_id, source, by=by, now=now)
        found = _find(connection, draft_id)
        assert found is not None  # noqa: S101  it is held
        return found


def _save_version(
    connection: Connection, draft_id: int, source: str, *, by: Decider, now: datetime
) -> None:
    """Save a text as the next version, unless it is that of the newest."""
    of = CampaignDraftVersion.draft_id == draft_id
    newest = connection.execute(
        select(CampaignDraftVersion.number, CampaignDraftVersion.source)
        .where(of)
        .order_by(CampaignDraftVersion.number.desc())
        .limit(1)
    ).one_or_none()
    if newest is not None and newest.source == source:
        return
    connection.execute(
        insert(CampaignDraftVersion).values(
            draft_id=draft_id,
            number=newest.number + 1 if newest else 1,
            source=source,
            saved_at=now,
            saved_by=by.name,
        )
    )


def _chosen() -> Any:
    newest = (
        select(func.max(CampaignDraftVersion.number))
        .where(CampaignDraftVersion.draft_id == CampaignDraft.id)
        .scalar_subquery()
    )
    return select(
        CampaignDraft.id,
        CampaignDraft.source,
        CampaignDraft.made_at,
        CampaignDraft.made_by,
        CampaignDraft.changed_at,
        CampaignDraft.changed_by,
        CampaignDraft.submitted_as,
        func.coalesce(newest, 0).label("version"),
    )


def _find(connection: Connection, draft_id: int, *, held: bool = False) -> Draft | None:
    chosen = _chosen().where(CampaignDraft.id == draft_id)
    if held:
        chosen = chosen.with_for_update(of=CampaignDraft)
    row = connection.execute(chosen).mappings().one_or_none()
    return Draft(**row) if row else None
