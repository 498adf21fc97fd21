"""A restriction holds everywhere, and the register says what was approved."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from campaigns.touches.single_person import judge_now
from installation.identity import agree_on
from installation.installation import Installation
from privacy.processing_register import data_dictionary, processing_register
from privacy.requests import NewRequest, record_request
from privacy.restriction import restrict
from store.data_classes import described_columns
from store.errors import BadInput
from store.states import RequestKind
from store.tables import Suppression
from suppression.verdicts import Allowed
from tests.builders import Builder
from tests.conftest import NOW
from tests.deciding import deciding
from tests.privacy.test_access import command
from tests.stories import campaign_file, launched, populate

ROSA = deciding("rosa")


def test_whoever_asked_for_restriction_is_reached_by_no_channel(
    installation: Installation,
) -> None:
    with installation.store.writing() as connection:
        Builder(connection, NOW - timedelta(days=1)).person("P1", "+31612340001")

    def allowed() -> set[str]:
        judged = {
            channel: judge_now(installation, "P1", channel=channel, purpose="service", now=NOW)
            for channel in ("card", "letter", "sms", "call")
        }
        return {channel for channel, verdict in judged.items() if isinstance(verdict, Allowed)}

    assert allowed()
    new = NewRequest(
        kind=RequestKind.RESTRICTION,
        ref="P1",
        received_at=NOW,
        road="letter",
        asked="stop for now",
        identity="known",
    )
    number = record_request(installation.store, new, by=ROSA, now=NOW)
    restrict(installation, number, by=ROSA, now=NOW)
    assert allowed() == set()
    with installation.store.reading() as connection:
        sources = connection.execute(select(Suppression.source)).scalars().all()
    assert sources == [f"request {number}: restriction"]
    with pytest.raises(BadInput):
        restrict(installation, number + 1, by=ROSA, now=NOW)


@pytest.mark.thorough
def test_the_register_says_what_was_approved_and_for_how_long_it_is_kept(
    installation: Installation,
) -> None:
    populate(installation, 60, now=NOW)
    installation.settings.retention_file.write_text("[days]\ntwo-years = 730\n")
    if not installation.store.embedded:  # every machine has the same periods
        agree_on(installation.store, installation.settings, by="otto", now=NOW)
    launched(installation, campaign_file(installation.settings.home), now=NOW)
    (entry,) = processing_register(installation)
    assert (entry.legal_basis, entry.dpia, entry.retention, entry.days) == (
        "public task",
        "DPIA-1",
        "two-years",
        730,
    )
    assert (entry.channels, entry.hold_out) == (("card",), 20)
    assert entry.recipients == ("the print shop and the carrier",)
    (listed,) = json.loads(command(installation, "register", "--json", at=None).stdout)
    assert listed["owner"] == "Team Dichtbij"
    assert "DPIA-1" in command(installation, "register", at=None).stdout


def test_the_dictionary_has_every_column_with_its_class() -> None:
    listed = [(each.table, name) for each in data_dictionary() for name, *_ in each.columns]
    assert sorted(listed) == sorted((each.table, each.column) for each in described_columns())
