"""Proofs show what may go wrong before anything is printed, and are never taken for the real thing."""

from datetime import datetime
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from sqlalchemy import func, select, update

from campaigns.planning import submitting
from campaigns.planning.campaign_checks import check
from campaigns.planning.plans import plan
from campaigns.planning.proofs import proof
from channels.card.proofs import MARK
from channels.codes import printed, response_code
from installation.installation import Installation
from people.names import Name
from store.errors import BadInput
from store.tables import AuditEntry, Person, ResponseCode, Touch
from tests.conftest import NOW
from tests.snapshots import Snapshots
from tests.stories import MANAGER, campaign_file, populate

FOLDED = "steps: [{channel: card, template: folding-card, price: 1.10}]"
LETTER = "steps: [{channel: letter, template: letter, price: 1.40}]"
ARMS = f"""\
  - {{name: folded, share: 40, {FOLDED}}}
  - {{name: written, share: 40, {LETTER}}}
  - {{name: hold-out, share: 20, hold_out: true}}"""


@pytest.fixture
def peopled(installation: Installation, snapshots: Snapshots) -> Installation:
    return snapshots.bring(installation, _populate)


def _populate(installation: Installation) -> None:
    populate(installation, 600, now=NOW)


@pytest.mark.thorough
def test_a_file_is_proved_for_each_printed_step_of_each_arm(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    file = campaign_file(tmp_path, where="true", arms=ARMS)
    proofs = proof(peopled, str(file), tmp_path / "proofs", now=now)
    assert [(each.arm, each.channel, each.template) for each in proofs] == [
        ("folded", "card", "folding-card"),
        ("written", "letter", "letter"),
    ]
    for each in proofs:
        assert each.pdf
        assert each.sheet
        document = pypdfium2.PdfDocument(each.pdf)
        texts = [page.get_textpage().get_text_range() for page in document]
        document.close()
        assert len(texts) == 2 * each.pieces
        assert all(MARK in text for text in texts)
        assert sum(printed(response_code(0)) in text for text in texts) == each.pieces
        assert each.postal
        document = pypdfium2.PdfDocument(each.postal)
        zones = [page.get_textpage().get_text_range() for page in document]
        document.close()
        assert len(zones) == each.pieces
        said = "paid postage: 74 × 40 mm" if each.channel == "card" else "window: 90 × 45 mm"  # noqa: RUF001
        assert all(said in zone and MARK in zone for zone in zones)
        with Image.open(each.sheet) as sheet:
            assert sheet.width > 400
            assert sheet.height > 400


@pytest.mark.thorough
def test_the_sample_holds_both_languages_and_the_longest_name(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    file = campaign_file(tmp_path, where="true", arms=f"  - {{name: all, share: 100, {FOLDED}}}")
    name = submitting.submit(peopled, file, by=MANAGER, now=now).plan.campaign
    with peopled.store.reading() as connection:
        reached = connection.execute(
            select(Person.__table__).join(Touch, Touch.person_id == Person.id)
        ).all()
    names = (Name.of(p).addressee() for p in reached)
    (made,) = proof(peopled, name, tmp_path / "proofs", now=now)
    assert made.pdf
    document = pypdfium2.PdfDocument(made.pdf)
    said = " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in document)
    document.close()
    assert max(names, key=len) in said
    assert "Zullen we even bellen?" in said
    assert "Shall we have a chat?" in said


@pytest.mark.thorough
def test_a_submitted_campaign_is_proved_by_its_name_and_nothing_is_recorded(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    name = submitting.submit(
        peopled, campaign_file(tmp_path, where="true", arms=ARMS), by=MANAGER, now=now
    ).plan.campaign

    def counts() -> list[int]:
        with peopled.store.reading() as connection:
            return [
                connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in (Touch, ResponseCode, AuditEntry)
            ]

    before = counts()
    proofs = proof(peopled, name, tmp_path / "proofs", now=now)
    assert [each.arm for each in proofs] == ["folded", "written"]
    assert counts() == before
    assert not list(peopled.settings.outbox.glob("*"))


@pytest.mark.thorough
def test_the_words_are_measured_in_each_language(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    proofs = proof(
        peopled, str(campaign_file(tmp_path, where="true", arms=ARMS)), tmp_path / "proofs", now=now
    )
    for each in proofs:
        assert [read.language for read in each.reads] == ["nl", "en"]
        for read in each.reads:
            assert read.readability.words_a_sentence < 12
            assert read.readability.score > 60


def test_a_proof_never_lies_in_the_outbox(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    file = str(campaign_file(tmp_path, where="true"))
    for folder in (peopled.settings.outbox, peopled.settings.outbox / "proofs"):
        with pytest.raises(BadInput, match="never mailed"):
            proof(peopled, file, folder, now=now)


def test_what_is_no_campaign_cannot_be_proved(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    with pytest.raises(BadInput, match="no campaign nowhere"):
        proof(peopled, "nowhere", tmp_path / "proofs", now=now)


def test_the_card_that_closes_needs_no_leave_for_a_duty(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    file = campaign_file(tmp_path, where="true", arms=f"  - {{name: all, share: 100, {FOLDED}}}")
    file.write_text(file.read_text().replace("open_card: true\n", ""))
    assert check(peopled, file, now=now).templates["folding-card"].purposes[0] == "duty"


@pytest.mark.parametrize(("template", "sides"), [("letter", 2), ("letter-short", 1)])
def test_a_plan_counts_the_pages_that_are_printed(
    peopled: Installation, tmp_path: Path, now: datetime, template: str, sides: int
) -> None:
    step = f"steps: [{{channel: letter, template: {template}}}]"
    made = plan(
        peopled,
        campaign_file(tmp_path, where="true", arms=f"  - {{name: all, share: 100, {step}}}"),
        now=now,
    )
    assert made.pieces[0].pieces > 100
    assert made.pieces[0].pages == sides * made.pieces[0].pieces


@pytest.mark.parametrize(
    "url", ["http://a.example", "https://a b", "https://é.example", "https://" + "x" * 90]
)
def test_an_address_that_cannot_stand_in_a_qr_code_is_refused_with_its_line(
    peopled: Installation, tmp_path: Path, now: datetime, url: str
) -> None:
    file = campaign_file(tmp_path, where="true")
    file.write_text(file.read_text().replace("phone_line:", f'  qr_url: "{url}"\nphone_line:'))
    with pytest.raises(BadInput) as refused:
        check(peopled, file, now=now)
    assert refused.value.field == "sender.qr_url"
    assert refused.value.line == 14


def test_plan_and_proof_count_the_addresses_that_a_sorting_machine_reads_with_trouble(
    peopled: Installation, tmp_path: Path, now: datetime
) -> None:
    odd: dict[str, dict[str, str | None]] = {
        "the place has no house number": {"house_number": None},
        "it cannot hold the addition": {"house_addition": "ABCDEFG"},
        "long and set in the smaller size": {
            "street": "Jonkheer van Nispen van Sevenaerlaan tot Pannerdenstraat"
        },
        "house number alone": {"street": "Van nispennispennispennispennispennispenlaaaaanstraat"},
    }
    with peopled.store.writing() as connection:
        ids = connection.scalars(
            select(Person.id).where(Person.household_key.is_not(None), Person.country == "NL")
        ).all()
        for at, change in enumerate(odd.values()):
            few = update(Person).where(Person.id.in_(ids[at::4]))
            connection.execute(few.values(change))
    file = campaign_file(tmp_path, where="true", arms=f"  - {{name: all, share: 100, {LETTER}}}")
    warnings = plan(peopled, file, now=now).warnings
    (proved,) = proof(peopled, str(file), tmp_path / "proofs", now=now)
    for said in odd:
        assert [said in each for each in warnings].count(True) == 1, warnings
    assert any("long and set in the smaller size" in each for each in proved.troubles)
