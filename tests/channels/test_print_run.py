"""A print run adds up: files, manifest, totals, ticket and sums say the same, the seeds among them."""

import csv
import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pypdfium2
import pytest

from channels.card import Card, run
from channels.card.kix_counts import count_troubles
from channels.card.manifest import COLUMNS
from channels.card.run_files import cut
from channels.card.ticket import NAMESPACE, check_ticket, write_ticket
from channels.card.totals import RunFile, Totals
from channels.codes import printed, response_code
from channels.examples import MADE_AT
from channels.pieces import piece_id
from channels.port import (
    Batch,
    ChannelSettings,
    HandedFile,
    Message,
    PrintTerms,
    Receipt,
    Result,
    Seed,
    Seeded,
)
from channels.press.page_reading import Spoiled
from people.addresses import PostalAddress
from store.errors import BadInput
from tests.channels.pieces import SITE, laid_out, messages, order, template_layout

PEOPLE = 270
FEWEST, MOST = 100, 250
"""Pieces in one file here: a tenth of what is in one file of a shop."""
STREET = "Lange Nieuwstraat"


def _people(count: int) -> tuple[Message, ...]:
    """Return people in a town of postcodes with eight houses each, not in the carrier's order."""
    found = []
    for number, message in enumerate(messages(count)):
        home = PostalAddress(
            street=STREET,
            house_number=number % 8 + 1,
            house_letter="",
            house_addition="",
            postcode=f"{1000 + number // 8}AB",
            town="Voorbeeldstad",
        )
        lines = (message.address_lines[0], *home.lines())
        found.append(
            replace(message, to=home, address_lines=lines, code=response_code(7_000_000 + number))
        )
    return tuple(found[::-1])


def _seed(seed_id: int, postcode: str) -> Seed:
    home = PostalAddress(
        street="Kantoorweg",
        house_number=3,
        house_letter="",
        house_addition="",
        postcode=postcode,
        town="Voorbeeldstad",
    )
    message = replace(
        messages(1)[0], touch_id=0, to=home, address_lines=("Anja de Wit", *home.lines())
    )
    return Seed(seed_id, replace(message, code=response_code(seed_id)))


def _send(outbox: Path, batch: Batch) -> list[Result]:
    return list(Card.open(ChannelSettings(outbox)).send(batch))


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Result]]:
    outbox = tmp_path_factory.mktemp("outbox")
    seeds = (_seed(1, "1010AB"), _seed(2, "1030ZZ"))
    sender = {"qr_url": SITE, "return_address": "Postbus 1200, 3500 BE Utrecht"}
    batch = Batch(
        key="run",
        made_at=MADE_AT,
        messages=_people(PEOPLE),
        layout=template_layout("contact-card"),
        sender=sender,
        number=42,
        seeds=seeds,
    )
    with pytest.MonkeyPatch.context() as smaller:
        smaller.setattr(run, "cut", partial(cut, fewest=FEWEST, most=MOST))
        return outbox / "run", _send(outbox, batch)


def _rows(run: Path) -> list[dict[str, str]]:
    with (run / "manifest.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.thorough
def test_the_manifest_counts_every_piece_once_in_the_order_of_the_carrier(
    sent: tuple[Path, list[Result]],
) -> None:
    folder, _ = sent
    rows = _rows(folder)
    assert tuple(rows[0]) == COLUMNS
    assert [row["piece_id"] for row in rows] == [
        piece_id(42, record) for record in range(1, PEOPLE + 3)
    ]
    assert [row["postcode"] for row in rows] == sorted(row["postcode"] for row in rows)
    assert [row["record"] for row in rows if row["seed"] == "yes"] == ["83", "250"]


def test_the_files_are_cut_between_two_postcodes_and_the_pages_begin_anew_in_each(
    sent: tuple[Path, list[Result]],
) -> None:
    folder, _ = sent
    rows = _rows(folder)
    names = sorted({row["file"] for row in rows})
    assert (
        names
        == [path.name for path in sorted(folder.glob("*.pdf"))]
        == ["run-001.pdf", "run-002.pdf"]
    )
    first, second = ([row for row in rows if row["file"] == name] for name in names)
    assert first[-1]["postcode"] != second[0]["postcode"]
    assert (second[0]["page_front"], second[0]["page_back"]) == ("1", "2")
    for name, inside in zip(names, (first, second), strict=True):
        document = pypdfium2.PdfDocument(folder / name)
        assert len(document) == 2 * len(inside)
        for row in (inside[0], inside[-1]):
            assert (
                row["piece_id"]
                in document[int(row["page_back"]) - 1].get_textpage().get_text_range()
            )
        document.close()


def test_a_seed_is_among_the_others_with_a_code_of_its_own(sent: tuple[Path, list[Result]]) -> None:
    folder, results = sent
    (row, *_) = (row for row in _rows(folder) if row["seed"] == "yes")
    document = pypdfium2.PdfDocument(folder / row["file"])
    text = document[int(row["page_back"]) - 1].get_textpage().get_text_range()
    document.close()
    assert "Anja de Wit" in text
    assert printed(response_code(1)) in text
    seeded = [result for result in results if isinstance(result, Seeded)]
    assert seeded == [Seeded(1, piece_id(42, 83)), Seeded(2, piece_id(42, 250))]


def test_a_seed_that_cannot_be_printed_holds_up_nobody(tmp_path: Path) -> None:
    good = _seed(1, "1000AB")
    bad = replace(
        good, message=replace(good.message, address_lines=("", "Kantoorweg 3", "1000 AB  STAD"))
    )
    batch = Batch(
        key="run",
        made_at=MADE_AT,
        messages=_people(3),
        layout=template_layout("contact-card"),
        number=1,
        seeds=(bad,),
    )
    results = _send(tmp_path, batch)
    assert sum(isinstance(result, Receipt) for result in results) == 3
    assert not any(isinstance(result, Seeded) for result in results)


def test_the_totals_add_up_to_the_manifest_and_to_the_files(
    sent: tuple[Path, list[Result]],
) -> None:
    folder, results = sent
    totals: dict[str, Any] = json.loads((folder / "run.json").read_text())
    rows = _rows(folder)
    assert (totals["pieces"], totals["cards"], totals["seeds"]) == (len(rows), PEOPLE, 2)
    assert sum(file["pieces"] for file in totals["files"]) == len(rows)
    assert sum(file["pages"] for file in totals["files"]) == 2 * len(rows)
    assert [file["first"] for file in totals["files"]] == [1, totals["files"][0]["last"] + 1]
    assert totals["files"][-1]["last_piece"] == rows[-1]["piece_id"]
    assert (totals["format"]["width"], totals["turn"], totals["weight_class"]) == (
        148,
        "head to head",
        "20",
    )
    assert totals["grams"] == round(totals["pieces"] * 148 * 105 * 300 / 1e6)
    assert totals["return_address"] == "Postbus 1200, 3500 BE Utrecht"
    handed = {each.name: each for each in results if isinstance(each, HandedFile)}
    for file in totals["files"]:
        assert (handed[file["name"]].sha256, handed[file["name"]].first) == (
            file["sha256"],
            file["first"],
        )
    assert sum(each.grams for each in handed.values()) == pytest.approx(totals["grams"], abs=2)


def test_the_sums_are_of_every_file_and_the_manifest_is_named_in_the_totals(
    sent: tuple[Path, list[Result]],
) -> None:
    folder, _ = sent
    lines = [line.split("  ") for line in (folder / "sha256").read_text().splitlines()]
    assert {name for _, name in lines} | {"sha256"} == {path.name for path in folder.iterdir()}
    for digest, name in lines:
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    totals = json.loads((folder / "run.json").read_text())
    assert {name: digest for digest, name in lines}["manifest.csv"] == totals["manifest"]["sha256"]


@pytest.mark.thorough
def test_nothing_of_a_person_but_the_postcode_stands_outside_the_pages(
    sent: tuple[Path, list[Result]],
) -> None:
    folder, _ = sent
    text = "".join((folder / name).read_text() for name in ("manifest.csv", "run.json", "run.xjdf"))
    assert STREET not in text
    assert "Anja" not in text
    codes = {message.code for message in _people(50)}
    assert not any(code in text for code in codes)


@pytest.mark.thorough
def test_the_ticket_says_what_is_to_be_made_of_which_files(sent: tuple[Path, list[Result]]) -> None:
    folder, _ = sent
    root = ET.fromstring((folder / "run.xjdf").read_bytes())  # noqa: S314  our own
    totals = json.loads((folder / "run.json").read_text())
    assert root.attrib == {"JobID": "run", "Types": "Product", "Version": "2.2"}
    names = {"x": NAMESPACE}
    assert [each.get("Name") for each in root.findall(".//x:Intent", names)] == [
        "ColorIntent",
        "LayoutIntent",
        "MediaIntent",
        "VariableIntent",
    ]
    assert root.findall(".//x:DeliveryParams", names) == []  # no shop, no calendar
    assert [each.get("URL") for each in root.findall(".//x:RunList/x:FileSpec", names)] == [
        file["name"] for file in totals["files"]
    ]
    (layout,) = root.findall(".//x:LayoutIntent", names)
    assert layout.get("Sides") == "TwoSidedHeadToHead"
    assert layout.get("FinishedDimensions") == "419.528 297.638 0"


def _totals(template: str) -> Totals:
    file = RunFile(
        name="run-001.pdf",
        sha256="ab",
        bytes=99,
        pages=6,
        pieces=3,
        first=1,
        last=3,
        first_piece=piece_id(1, 1),
        last_piece=piece_id(1, 3),
    )
    return Totals(
        run="run",
        number=1,
        made_at=MADE_AT,
        channel="card",
        sheet=order(template).layout.card,
        return_address="",
        cards=3,
        seeds=0,
        files=(file,),
        manifest="cd",
    )


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (b'Amount="3"', b'Amount="4"', "pieces"),
        (b'FileSize="', b'FileSize="1', "files"),
        (b'NPage="6"', b'NPage="7"', "pages"),
        (b"TwoSidedHeadToFoot", b"TwoSidedHeadToHead", "sides"),
        (b'JobID="run"', b'JobID="ran"', "not that of this run"),
    ],
)
def test_a_ticket_that_says_another_thing_than_the_run_is_caught(
    old: bytes, new: bytes, what: str
) -> None:
    totals = _totals("folding-card")
    ticket = write_ticket(totals)
    check_ticket(ticket, totals)
    with pytest.raises(Spoiled, match=what):
        check_ticket(ticket.replace(old, new), totals)


def test_a_press_can_plan_a_folding_card_from_its_ticket() -> None:
    posted = datetime(2023, 6, 16, 16, tzinfo=UTC)
    totals = replace(
        _totals("folding-card"),
        terms=PrintTerms(
            post_by=posted, service="partijenpost, 72 uur", contact="Anja, 010 1234567"
        ),
    )
    ticket = write_ticket(totals)
    check_ticket(ticket, totals)
    root = ET.fromstring(ticket)  # noqa: S314  our own
    names = {"x": NAMESPACE}
    (layout,) = root.findall(".//x:LayoutIntent", names)
    assert layout.get("Dimensions") == "595.276 841.890"  # A4 flat, A5 as it is mailed
    assert layout.get("FinishedDimensions") == "595.276 420.945 0"
    (fold,) = root.findall(".//x:FoldingIntent", names)
    assert fold.get("FoldCatalog") == "F4-1"
    (media,) = root.findall(".//x:MediaIntent", names)
    assert media.get("Coating") == media.get("BackCoating") == "None"
    (delivery,) = root.findall(".//x:DeliveryParams", names)
    assert delivery.get("Required") == "2023-06-16T16:00:00+00:00"
    (company,) = root.findall(".//x:Contact/x:Company", names)
    assert company.get("OrganizationName") == "Anja, 010 1234567"
    assert [each.text for each in root.findall("x:Comment", names)] == [
        "Order of the pieces: as in the files: by country, postcode, house number and addition.",
        "Service of the carrier: partijenpost, 72 uur.",
        "Folded at 148.5 mm from the top of the front, the fold below the address.",
        "Closed with wafers at the upper edge.",
        (
            "The colours are meant for coated paper (FOGRA39), and the stock is uncoated: "
            "they come out duller, so look at the press proof."
        ),
    ]
    counted = json.loads(totals.as_json())
    assert counted["finished"] == {"width": 210, "height": 148.5}
    assert counted["post_by"] == "2023-06-16T16:00:00+00:00"


def test_a_ticket_of_a_letter_says_its_envelope_and_window() -> None:
    totals = replace(_totals("letter"), window=order("letter").layout.window)
    check_ticket(write_ticket(totals), totals)
    assert b"window 90 x 45 mm, 20 mm from the left, 45 mm from the top" in write_ticket(totals)
    assert json.loads(totals.as_json())["envelope"].startswith("window 90 x 45 mm")


@pytest.mark.parametrize(("paper", "said"), [("uncoated", 1), ("wood-free silk", 0)])
def test_a_ticket_says_where_colours_for_coated_paper_meet_an_uncoated_stock(
    paper: str, said: int
) -> None:
    totals = _totals("contact-card")
    totals = replace(totals, sheet=totals.sheet.model_copy(update={"paper": paper}))
    ticket = write_ticket(totals)
    check_ticket(ticket, totals)
    assert ticket.count(b"meant for coated paper (FOGRA39)") == said


def test_pieces_without_a_kix_code_are_counted_with_why() -> None:
    layout = order("letter").layout
    (usual,) = messages(1, "letter")
    home = usual.to
    assert isinstance(home, PostalAddress)
    six = (*usual.address_lines[:1], "a", "b", "c", *usual.address_lines[1:])
    made = [
        usual,
        replace(usual, to=replace(home, country="BE")),
        replace(usual, to=replace(home, house_number=None)),
        replace(usual, to=replace(home, house_addition="ABCDEFG")),
        replace(usual, address_lines=six),
    ]
    assert count_troubles(layout, made) == {
        "abroad": 1,
        "no_number": 1,
        "addition": 1,
        "no_room": 1,
    }


@pytest.mark.parametrize(
    ("street", "counts"),
    [
        ("Burgemeester van Hasseltlaan", {}),
        ("Burgemeester Jonkheer van Nispen van Sevenaerstraat", {"smaller": 1}),
        (
            "Burgemeester van nispennispennispennispennispennispenstraat",
            {"smaller": 1, "number_alone": 1},
        ),
    ],
)
def test_addresses_that_are_set_smaller_or_break_before_their_number_are_counted(
    street: str, counts: dict[str, int]
) -> None:
    (usual,) = messages(1)
    lines = (usual.address_lines[0], f"{street} 127", usual.address_lines[-1])
    assert count_troubles(order().layout, [replace(usual, address_lines=lines)]) == counts


def test_a_ticket_has_no_checksum_that_a_press_would_take_for_md5() -> None:
    assert b"CheckSum" not in write_ticket(_totals("folding-card"))


def test_a_letter_is_weighed_with_its_envelope_and_a_parcel_is_no_letter() -> None:
    from channels.card.totals import weight_class

    assert weight_class(order("letter").layout.card) == "20"
    assert weight_class(order("letter", grammage=300).layout.card) == "50"
    layout = template_layout("letter")
    with pytest.raises(BadInput, match="350 is the most"):
        laid_out(
            {**layout, "card": {**layout["card"], "width": 700, "height": 900, "grammage": 600}}
        )


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (
            {"side": "back", "left": 100, "top": 60},
            "the frame address comes within 2 mm of the piece's number",
        ),
        ({"side": "back", "left": 84, "top": 78}, "comes within 2 mm of the piece's number"),
        (
            {"side": "back", "left": 98.5, "top": 41},
            "the piece's number comes within 2.4 mm of the QR code",
        ),
        ({"side": "back", "left": 82, "top": 95}, "comes within 5 mm of the edge"),
    ],
)
def test_the_number_of_a_piece_stands_clear_of_the_address_and_of_the_codes(
    place: dict[str, Any], said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        laid_out({**template_layout("contact-card"), "piece": place})
