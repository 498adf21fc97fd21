"""The conditions of a campaign's audience in words, with the descriptions that facts were given."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection, select

from campaigns.audience_language.condition_sentences import SaidCondition
from campaigns.audience_language.condition_wording import say_conditions
from campaigns.touches.campaign_files import AudienceFile
from store.tables import FactColumn


def in_words(
    connection: Connection, audience: AudienceFile, *, today: date
) -> tuple[SaidCondition, ...]:
    """Return each condition of an audience in words, the campaign's own words first."""
    facts, described = {}, {}
    for name, kind, words in connection.execute(
        select(FactColumn.name, FactColumn.type, FactColumn.words)
    ):
        facts[name] = kind
        if words:
            described[name] = words
    given: Mapping[str, Mapping[str, str]] = {**described, **audience.words}
    return say_conditions(audience.where, facts=facts, words=given, today=today)
