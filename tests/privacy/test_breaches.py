"""A breach of personal data is reported within 72 hours, and an incident of wrong print starts the clock."""

import json
from datetime import timedelta

import pytest

from campaigns.post.incidents import open_incident
from desk.cases.overdue import overdue
from installation.installation import Installation
from privacy.breaches import breaches, record_breach, settle_breach
from store.errors import BadInput
from store.states import Role
from tests.builders import Builder
from tests.conftest import NOW
from tests.console.conftest import come_in
from tests.deciding import deciding
from tests.privacy.test_access import command

ROSA = deciding("rosa")


def test_an_incident_starts_the_clock_and_late_it_stands_among_what_is_overdue(
    installation: Installation,
) -> None:
    with installation.store.writing() as connection:
        Builder(connection, NOW).campaign()
    open_incident(installation, "pilot", what="wrong names", brief="", by=ROSA, now=NOW)
    (found,) = breaches(installation.store)
    assert (found.what, found.incident_id) == ("wrong names", 1)
    assert found.hours_left(NOW + timedelta(hours=1, minutes=1)) == 70
    for hours, kinds in ((71, []), (72, ["breach"])):
        late = overdue(installation.store, now=NOW + timedelta(hours=hours))
        assert [each.kind for each in late] == kinds
    assert (late[0].whose, late[0].promised) == ("privacy officer", True)
    settle_breach(installation.store, found.id, reported=True, words="report 7", by=ROSA, now=NOW)
    assert overdue(installation.store, now=NOW + timedelta(hours=99)) == []
    assert [each.words for each in breaches(installation.store, settled=True)] == ["report 7"]
    with pytest.raises(BadInput, match="no open breach"):
        settle_breach(installation.store, found.id, reported=False, words="no", by=ROSA, now=NOW)


def test_the_officer_writes_one_down_and_settles_it_on_the_page_and_by_command(
    installation: Installation,
) -> None:
    officer = come_in(installation, "rosa", Role.PRIVACY_OFFICER).get("/requests")
    officer.post("/breaches", what="a list at the counter", noticed="2023-06-01T08:30")
    assert "a list at the counter" in officer.text
    assert "nog 71 uur" in officer.text
    assert "1 keer misschien een datalek" in officer.get("/today").text
    officer.get("/requests")
    assert officer.post("/breaches/1/settle", reported="no", words=" ").status == 422
    assert officer.post("/breaches/1/settle", reported="no", words="nobody saw it").status == 200
    assert "a list at the counter" not in officer.text
    assert officer.post("/breaches/9/settle", reported="maybe", words="x").status == 404
    with pytest.raises(BadInput):
        record_breach(installation.store, "x", noticed_at=NOW + timedelta(1), by=ROSA, now=NOW)
    made = command(installation, "breach", "a lost laptop", "--as", "rosa")
    assert (made.exit_code, "breach 2" in made.output) == (0, True), made.output
    listed = json.loads(command(installation, "breaches", "--json").output)
    assert [(each["what"], each["late"]) for each in listed] == [("a lost laptop", False)]
    done = ["settle-breach", "2", "--reported", "--words", "report 8", "--as", "rosa"]
    assert command(installation, *done).exit_code == 0
    assert json.loads(command(installation, "breaches", "--json").output) == []
