"""The privacy officer answers what citizens ask about their own data, in time and checked by two."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select, update

from installation.installation import Installation
from privacy.requests import NewRequest, record_request
from store.states import RequestKind, Role
from store.tables import PrintRun, PrivacyRequest
from tests.builders import Builder
from tests.conftest import NOW
from tests.console.conftest import Browser, acts_of, come_in
from tests.deciding import deciding
from tests.privacy.whole_person import put_down_everything

SignIn = Callable[..., Browser]


def _person(installation: Installation) -> None:
    with installation.store.writing() as connection:
        Builder(connection, NOW).person("P0000001")


def test_two_officers_answer_a_request_for_access(
    console_installation: Installation, signed_in: SignIn
) -> None:
    _person(console_installation)
    rosa = signed_in(Role.PRIVACY_OFFICER, "rosa").get("/requests")
    said = {"kind": "access", "ref": "P0000001", "road": "letter", "identity": "passport seen"}
    assert rosa.post("/requests", **said, received="2023-05-30").status == 200
    assert "30-06-2023" in rosa.text or "30 juni 2023" in rosa.text
    assert rosa.post("/requests/1/prepare").status == 200
    assert rosa.post("/requests/1/check").status == 422
    assert "rosa" in rosa.text
    sam = signed_in(Role.PRIVACY_OFFICER, "sam").get("/requests")
    read = sam.post("/requests/1/pdf")
    assert (read.status, read.headers["content-type"]) == (200, "application/pdf")
    assert sam.get("/requests").post("/requests/1/check").status == 200
    ended = sam.post("/requests/1/answer", outcome="granted", words="sent by post")
    assert (ended.status, "sent by post" in ended.text) == (200, True)
    acts = ("record_request", "prepared_access", "exported_access", "checked_access")
    for act in (*acts, "answered_request"):
        assert [each.person_ref for each in acts_of(console_installation, act)] == ["P0000001"]


def test_a_late_request_stands_on_top_and_on_the_first_page(
    console_installation: Installation,
) -> None:
    _person(console_installation)
    for days in (10, 40):
        at = NOW - timedelta(days=days)
        new = NewRequest(
            kind=RequestKind.ERASURE,
            ref="P0000001",
            received_at=at,
            road="letter",
            asked=f"asked {days} days ago",
            identity="known",
        )
        by = deciding("rosa")
        record_request(console_installation.store, new, by=by, now=at)
    officer = come_in(console_installation, "rosa", Role.PRIVACY_OFFICER)
    page = officer.get("/requests").text
    assert page.index("asked 40 days ago") < page.index("asked 10 days ago")
    assert page.count('class="card open late"') == 1
    assert "1 verzoek over gegevens is over de termijn" in officer.get("/today").text


def test_nobody_else_sees_what_citizens_ask(signed_in: SignIn) -> None:
    for role in (Role.MANAGER, Role.AGENT, Role.ANALYST, Role.PRINT_SHOP):
        assert signed_in(role).get("/requests").status == 403


def test_a_request_for_erasure_names_the_print_files_that_still_hold_the_person(
    console_installation: Installation, signed_in: SignIn
) -> None:
    with console_installation.store.writing() as connection:
        put_down_everything(connection, NOW)
        connection.execute(update(PrivacyRequest).values(kind=RequestKind.ERASURE, road="letter"))
        folder = connection.execute(select(PrintRun.folder)).scalar_one()
    officer = signed_in(Role.PRIVACY_OFFICER)
    assert officer.get("/requests").status == 200
    assert folder not in officer.text  # its files are gone
    (console_installation.settings.outbox / folder).mkdir(parents=True)
    assert folder in officer.get("/requests").text
    assert "samen met anderen" in officer.text
