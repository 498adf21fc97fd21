"""Today, the first page of every role, and stopping everything from it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from campaigns.planning.submitting import submit
from installation.installation import Installation
from installation.stop_everything import present_stop
from store.states import Role
from tests.conftest import NOW
from tests.console.conftest import PASSWORD, Browser, acts_of
from tests.deciding import deciding
from tests.stories import campaign_file, launched, populate

SignIn = Callable[..., Browser]


@pytest.mark.parametrize("role", list(Role))
def test_an_empty_house_has_a_calm_first_page_for_every_role(signed_in: SignIn, role: Role) -> None:
    page = signed_in(role).get("/today")
    assert page.status == 200
    assert "Er wacht nu niets op u." in page.text
    assert ("Zet alles stil" in page.text) == (role in {Role.MANAGER, Role.PRIVACY_OFFICER})


def test_a_manager_reads_what_goes_out_and_what_waits_for_them(
    console_installation: Installation, signed_in: SignIn, tmp_path: Path
) -> None:
    populate(console_installation, 200, now=NOW)
    launched(console_installation, campaign_file(tmp_path, limit=20), now=NOW)
    other = campaign_file(
        tmp_path, name="second", where="years_without_return >= 1", waves=("2023-06-12",)
    )
    submit(console_installation, other, by=deciding("anja"), now=NOW)
    theirs = signed_in(Role.MANAGER, "bilal").get("/today").text
    assert "5 juni 2023" in theirs
    assert "/campaigns/second/approve" in theirs
    assert "nog nooit gebeld" in theirs
    own = signed_in(Role.MANAGER, "anja").get("/today").text
    assert "wacht op goedkeuring door een collega" in own
    assert "/campaigns/second/approve" not in own


def test_one_press_stops_everything_and_two_people_lift_it(
    console_installation: Installation, signed_in: SignIn
) -> None:
    first, second = signed_in(Role.MANAGER, "anja"), signed_in(Role.PRIVACY_OFFICER, "rosa")
    page = first.get("/stop-everything")
    assert page.post("/stop-everything", reason="proef", password="niet goed").status == 400
    assert "klopt niet" in page.text
    assert "proef" in page.text  # what was typed is not lost
    assert page.post("/stop-everything", reason="proef", password=PASSWORD).path == "/today"
    for browser in (first, second, signed_in(Role.AGENT)):
        assert "Alles is stilgezet" in browser.get("/today").text
    assert (
        first.get("/stop-everything").post("/stop-everything/lift", password=PASSWORD).path
        == "/today"
    )
    assert "Nu moet iemand anders" in first.get("/stop-everything").text
    assert first.post("/stop-everything/lift", password=PASSWORD).status == 400
    assert "anja vroeg op" in second.get("/stop-everything").text
    assert second.post("/stop-everything/lift", password=PASSWORD).path == "/today"
    assert present_stop(console_installation.store, now=NOW) is None
    assert [act.actor for act in acts_of(console_installation, "lift_stop")] == ["rosa"]
    assert signed_in(Role.ANALYST).get("/stop-everything").status == 403
