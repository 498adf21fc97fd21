"""Conditions on consents: whether the latest word of somebody, for a channel and a purpose, is a yes or a no.

A word for every channel covers each; the latest one counts, and of two at the same moment the no.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.orm import aliased

from store.states import ConsentKind
from store.tables import Consent, Person


def gave(channel: str, purpose: str, at: datetime) -> ColumnElement[bool]:
    """Hold where somebody said yes, it has not ended, and no word since says no."""
    yes, no = aliased(Consent), aliased(Consent)
    since = exists().where(
        no.person_ref == yes.person_ref,
        *_said(no, ConsentKind.WITHDRAWN, channel, purpose, at),
        no.said_at >= yes.said_at,
    )
    lasts = or_(yes.ends_at.is_(None), yes.ends_at > at)
    theirs = yes.person_ref == Person.person_ref
    return exists().where(theirs, *_said(yes, ConsentKind.GIVEN, channel, purpose, at), lasts, ~since)


def took_back(channel: str, purpose: str, at: datetime) -> ColumnElement[bool]:
    """Hold where somebody said no, and no word since says yes."""
    no, yes = aliased(Consent), aliased(Consent)
    since = exists().where(
        yes.person_ref == no.person_ref,
        *_said(yes, ConsentKind.GIVEN, channel, purpose, at),
        yes.said_at > no.said_at,
    )
    theirs = no.person_ref == Person.person_ref
    return exists().where(theirs, *_said(no, ConsentKind.WITHDRAWN, channel, purpose, at), ~since)


def _said(word: Any, kind: ConsentKind, channel: str, purpose: str, at: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        word.kind == kind,
        word.said_at <= at,
        and_(
            or_(word.channel.is_(None), word.channel == channel),
            or_(word.purpose.is_(None), word.purpose == purpose),
        ),
    )
