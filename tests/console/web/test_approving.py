"""Approving in the browser: the frozen whole, the one question, and sending back with remarks."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select, update

from campaigns.planning.lifecycle import launch
from campaigns.planning.submitting import submit
from installation.installation import Installation
from store.errors import BadInput
from store.mapped_rows import read_one
from store.states import CampaignState, Role, TouchState
from store.tables import AuditEntry, Campaign, Person, Touch
from tests.conftest import NOW
from tests.console.conftest import PASSWORD, Browser, acts_of
from tests.deciding import deciding
from tests.snapshots import Snapshots
from tests.stories import campaign_file, populate

SignIn = Callable[..., Browser]
SUBMITTER = deciding("anja")


@pytest.fixture
def submitted(console_installation: Installation, snapshots: Snapshots) -> Installation:
    """Have one campaign submitted by Anja."""
    return snapshots.bring(console_installation, _submit)


def _submit(installation: Installation) -> None:
    populate(installation, 200, now=NOW)
    file = campaign_file(installation.settings.home, waves=("2023-06-05", "2023-06-12"))
    submit(installation, file, by=SUBMITTER, now=NOW)


def seen(page: Browser) -> str:
    """Return the hash that the open page carries."""
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', page.text)
    assert found
    return found[1]


def row(installation: Installation, name: str = "cards") -> Campaign:
    with installation.store.reading() as connection:
        return read_one(connection, select(Campaign).where(Campaign.name == name))


def test_the_approver_sees_the_whole_and_is_asked_once_before_it_counts(
    submitted: Installation, signed_in: SignIn
) -> None:
    page = signed_in(Role.MANAGER, "bilal").get("/campaigns/cards/approve")
    assert page.status == 200
    for words in ("In het kort", "Rondes", "DPIA-1", "public task", "Proeven", "Hoe vaak"):
        assert words in page.text, words
    assert "nog geen eerdere campagne van deze soort" in page.text
    signed = seen(page)
    question = page.post(
        "/campaigns/cards/approve/question", seen=signed, start="at", day="2023-06-02", time="09:30"
    )
    assert question.status == 200
    assert "vrijdag 2 juni 2023, 9.30 uur" in question.text
    assert row(submitted).state is CampaignState.SUBMITTED
    done = question.post(
        "/campaigns/cards/approve",
        seen=signed,
        start="at",
        day="2023-06-02",
        time="09:30",
        password=PASSWORD,
    )
    assert (done.status, done.path) == (200, "/campaigns/cards")
    assert row(submitted).approved_hash == signed
    assert row(submitted).launch_at is not None
    again = done.post("/campaigns/cards/approve", seen=signed, password=PASSWORD)
    assert again.status == 409
    assert len(acts_of(submitted, "approve")) == 1


def test_nothing_counts_without_the_right_password_and_the_field_says_so(
    submitted: Installation, signed_in: SignIn
) -> None:
    page = signed_in(Role.MANAGER, "bilal").get("/campaigns/cards/approve")
    signed = seen(page)
    for password, words in (("", "Vul uw wachtwoord in."), ("niet dit", "klopt niet")):
        page.post("/campaigns/cards/approve", seen=signed, password=password)
        assert page.status == 400
        assert words in page.text
        assert 'aria-invalid="true"' in page.text
    assert row(submitted).state is CampaignState.SUBMITTED


def test_nobody_approves_their_own_and_a_wrong_day_stands_with_clear_words(
    submitted: Installation, signed_in: SignIn
) -> None:
    own = signed_in(Role.MANAGER, "anja").get("/campaigns/cards/approve")
    assert "Vraag een collega" in own.text
    assert own.post("/campaigns/cards/approve", seen=row(submitted).frozen_hash).status == 409
    assert "iemand anders moet haar goedkeuren" in own.text
    other = signed_in(Role.MANAGER, "bilal").get("/campaigns/cards/approve")
    other.post("/campaigns/cards/approve/question", seen=seen(other), start="at", day="ooit")
    assert other.status == 409
    assert "de start heeft geen dag en tijd" in other.text


@pytest.mark.thorough
def test_what_is_sent_back_is_submitted_anew_under_its_name_with_another_hash(
    submitted: Installation, signed_in: SignIn, tmp_path: Path
) -> None:
    approver = signed_in(Role.MANAGER, "bilal").get("/campaigns/cards/approve")
    first = seen(approver)
    assert approver.post("/campaigns/cards/send-back", seen=first, remarks=" ").status == 400
    assert "Schrijf wat er anders moet." in approver.text
    remarks = "Minder mensen.\nEn <b>geen</b> tweede ronde."
    assert approver.post("/campaigns/cards/send-back", seen=first, remarks=remarks).status == 200
    assert "&lt;b&gt;" in approver.client.get("/campaigns/cards").text
    with submitted.store.reading() as connection:
        states = set(connection.execute(select(Touch.state)).scalars())
    assert states == {TouchState.DROPPED}
    with pytest.raises(BadInput, match="cards is sent back"):
        launch(submitted, "cards", by=SUBMITTER, now=NOW)

    later = NOW + timedelta(hours=1)
    mended = submit(submitted, campaign_file(tmp_path, limit=5), by=SUBMITTER, now=later)
    assert mended.frozen_hash != first
    assert (row(submitted).version, row(submitted, "cards~1").state) == (2, CampaignState.REPLACED)
    stale = approver.post(
        "/campaigns/cards/approve", seen=first, start="by_hand", password=PASSWORD
    )
    assert stale.status == 409
    assert "een nieuwe versie van deze campagne ingediend" in stale.text
    assert "Vergeleken met versie 1" in stale.text
    assert "hoogste aantal" in stale.text
    done = stale.post("/campaigns/cards/approve", seen=seen(stale), password=PASSWORD)
    assert done.path == "/campaigns/cards"
    assert row(submitted).approved_by == "bilal"
    assert "cards~1" not in done.get("/").text


def test_the_same_file_again_is_a_new_version_with_a_new_hash(
    submitted: Installation, signed_in: SignIn, tmp_path: Path
) -> None:
    page = signed_in(Role.MANAGER, "bilal").get("/campaigns/cards/approve")
    first = seen(page)
    page.post("/campaigns/cards/send-back", seen=first, remarks="leg uit waarom")
    file = campaign_file(tmp_path, waves=("2023-06-05", "2023-06-12"))
    again = submit(submitted, file, by=SUBMITTER, now=NOW)
    assert again.frozen_hash != first
    assert again.plan.selected > 0


@pytest.mark.thorough
def test_the_next_version_is_made_and_submitted_in_the_browser(
    submitted: Installation, signed_in: SignIn
) -> None:
    approver = signed_in(Role.MANAGER, "bilal").get("/campaigns/cards/approve")
    approver.post("/campaigns/cards/send-back", seen=seen(approver), remarks="leg uit waarom")
    maker = signed_in(Role.MANAGER, "anja").get("/campaigns/cards")
    assert "Maak de volgende versie" in maker.text
    draft = maker.post("/drafts/new", how="campaign", name="cards").path.rsplit("/", 1)[0]
    check = maker.get(f"{draft}/check")
    (shown,) = set(re.findall(r'name="was" value="([^"]+)"', check.text))
    done = check.post(f"{draft}/submit", was=shown, sure="yes")
    assert (done.path, row(submitted).version) == ("/campaigns/cards", 2)
    assert row(submitted).state is CampaignState.SUBMITTED


def test_proofs_are_shown_and_each_person_on_them_is_written_down_once(
    submitted: Installation, signed_in: SignIn
) -> None:
    page = signed_in(Role.MANAGER, "bilal").get("/campaigns/cards/approve")
    picture = page.client.get("/campaigns/cards/proofs/1.png")
    assert picture.content.startswith(b"\x89PNG")
    assert page.client.get("/campaigns/cards/proofs/1.pdf").content.startswith(b"%PDF")
    assert "/campaigns/cards/proofs/1.postal.pdf" in page.text
    postal = page.client.get("/campaigns/cards/proofs/1.postal.pdf").content
    assert postal.startswith(b"%PDF")
    with submitted.store.reading() as connection:
        refs = list(
            connection.execute(
                select(AuditEntry.person_ref).where(AuditEntry.action == "saw_proof")
            ).scalars()
        )
    assert 1 < len(refs) <= 12
    assert len(set(refs)) == len(refs)
    for path in ("2.png", "0.pdf", "1.exe"):
        assert page.client.get(f"/campaigns/cards/proofs/{path}").status_code == 404
    agent = signed_in(Role.AGENT)
    assert agent.client.get("/campaigns/cards/proofs/1.png").status_code == 403
    assert agent.get("/campaigns/cards/approve").status == 403


def _counts(connection: Connection) -> dict[TouchState, int]:
    query = select(Touch.state, func.count()).group_by(Touch.state)
    return {row[0]: row[1] for row in connection.execute(query)}


def test_a_rehearsal_judges_every_step_on_todays_data_and_keeps_nothing(
    submitted: Installation, signed_in: SignIn
) -> None:
    with submitted.store.writing() as connection:
        before = _counts(connection)
        who = connection.execute(select(Touch.person_id).order_by(Touch.id).limit(1)).scalar_one()
        connection.execute(update(Person).where(Person.id == who).values(deceased_on=NOW.date()))
    page = signed_in(Role.MANAGER, "bilal").get("/campaigns/cards/rehearsal").text
    planned = before[TouchState.PLANNED]
    assert f"Berichten in totaal: {planned - 1}" in page
    assert "Deze persoon is overleden" in page
    with submitted.store.reading() as connection:
        assert _counts(connection) == before
