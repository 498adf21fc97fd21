"""The address and its KIX code, measured in the finished PDF."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pikepdf
import pypdfium2
import pytest
from pypdfium2.raw import FPDF_PAGEOBJ_PATH

from channels.card.frames import MM
from channels.card.preview import picture_of
from channels.card.read_back import SpoiledRun, check_blank, read_back
from channels.card.zones import Franking, Window
from channels.port import Message
from channels.press.qr import check_module
from people.addresses import PostalAddress
from store.errors import BadInput
from tests.channels.pieces import composed, laid_out, messages, numbers, order, template_layout

LETTERS = ("letter", "letter-short", "refund-letter")
CARDS = ("contact-card", "contact-card-a5", "folding-card", "refund-card")
LINES = {3: (), 4: ("t.a.v. de bewoner",), 5: ("p/a de buren", "t.a.v. de bewoner")}
"""Lines between the name and the street, by the lines of the whole address."""
FOOT = 0.3  # millimetres that a comma or a `y` may reach below its line


class Found(NamedTuple):
    """What stands on the page, in millimetres from the top left corner of the trimmed sheet."""

    left: float
    top: float
    right: float
    bottom: float


def piece(template: str, *between: str) -> Message:
    """Return a piece to a town and of a name that nothing else on it says."""
    message = messages(1, template)[0]
    assert isinstance(message.to, PostalAddress)
    home = replace(message.to, postcode="9876ZX", town="Zoekdorp")
    return replace(message, to=home, address_lines=("J. Zoekmans", *between, *home.lines()))


def measured(message: Message, template: str, tmp_path: Path) -> tuple[Found, list[Found]]:
    """Return where the KIX code stands, and the lines of the address."""
    by = order(template)
    document = pypdfium2.PdfDocument(composed([message], by, tmp_path / "run.pdf"))
    page = document[by.layout.sides.index(by.layout.address_side)]
    edge, high = by.layout.card.slug, by.layout.card.height

    def found(box: Any) -> Found:
        left, bottom, right, top = (each / MM - edge for each in box)
        return Found(left, high - top, right, high - bottom)

    bars = [
        found(each.get_bounds())
        for each in page.get_objects(filter=[FPDF_PAGEOBJ_PATH], max_depth=1)
    ]
    text = page.get_textpage()
    lines = []
    for line in message.address_lines:
        at, count = text.search(line).get_next()
        boxes = [text.get_charbox(at + each) for each in range(count)]
        lines.append(
            found(
                [
                    pick(side)
                    for pick, side in zip(
                        (min, min, max, max), zip(*boxes, strict=True), strict=True
                    )
                ]
            )
        )
    document.close()
    (kix,) = [each for each in bars if 4.9 < each.bottom - each.top < 5.1]
    return kix, lines


@pytest.mark.parametrize("template", [*CARDS, *LETTERS])
@pytest.mark.parametrize("count", list(LINES))
def test_the_kix_code_stands_one_empty_line_below_the_address(
    template: str, count: int, tmp_path: Path
) -> None:
    kix, lines = measured(piece(template, *LINES[count]), template, tmp_path)
    assert len(lines) == count
    step = lines[-1].bottom - lines[-2].bottom
    assert 3 < kix.top - lines[-1].bottom < 6
    assert kix.top - lines[-1].bottom < 1.5 * step
    assert abs(kix.left - lines[-1].left) < 1


@pytest.mark.parametrize("template", LETTERS)
@pytest.mark.parametrize("count", list(LINES))
def test_address_and_code_stay_in_the_window_however_the_letter_moves(
    template: str, count: int, tmp_path: Path
) -> None:
    kix, lines = measured(piece(template, *LINES[count]), template, tmp_path)
    for each in (kix, *lines):
        assert each.left >= 20 + 3
        assert each.right <= 110 - 3
        assert each.top >= 45 + 3
        assert each.bottom <= 90 - 3 + FOOT


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"subject": {"top": 91.0}}, "the frame subject can be read through the window"),
        ({"sender_name": {"left": 111.0}}, "the frame sender_name can be read through"),
        ({"address": {"left": 22.0}}, "the frame address comes within 3 mm of the window's edge"),
        ({"return_address": {"top": 46.0}}, "return_address comes within 3 mm of the window"),
    ],
)
def test_a_letter_shows_its_address_and_nothing_else_through_the_window(
    change: dict[str, dict[str, float]], said: str
) -> None:
    layout = template_layout("letter")
    frames = [{**each, **change.get(each["part"], {})} for each in layout["frames"]]
    with pytest.raises(BadInput, match=said):
        laid_out({**layout, "frames": frames})


def test_a_layout_without_room_for_the_code_below_the_address_is_refused() -> None:
    layout = template_layout("contact-card")
    frames = [
        {**each, **({"top": 75, "height": 21} if each["part"] == "address" else {})}
        for each in layout["frames"]
    ]
    with pytest.raises(BadInput, match="no room below an address of 4 lines"):
        laid_out({**layout, "frames": frames})


def test_a_place_of_its_own_still_holds_for_campaigns_that_were_approved_with_it(
    tmp_path: Path,
) -> None:
    layout = laid_out(
        {**template_layout("contact-card"), "kix": {"left": 82, "top": 80, "width": 60}}
    )
    assert layout.kix_top(10, 10) == layout.kix_top(10, 40) == 80


def test_the_folding_card_is_closed_at_its_lower_edge() -> None:
    layout = order("folding-card").layout
    assert layout.card.fold is not None
    assert all(
        each.top + each.height < layout.card.fold for each in layout.frames if each.side == "front"
    )


def test_codes_are_refused_whose_modules_no_telephone_can_read() -> None:
    with pytest.raises(BadInput, match=r"37 modules a side, of 0.32 mm") as refused:
        check_module("https://" + "voorbeeldstad.example/kaartje/" * 2, 12)
    assert "a QR code of 15 mm" in str(refused.value)
    check_module("https://voorbeeldstad.example/k", 12)


@pytest.mark.parametrize(
    ("colour", "said"),
    [
        ((0, 0.02, 0, 0), "the frame code has a tint under 3%"),
        ((0.2, 0.5, 0.6, 0.1), "the frame code is set in more than 2 inks"),
    ],
)
def test_a_text_is_set_in_at_most_two_inks_and_none_that_is_lost(
    colour: tuple[float, ...], said: str
) -> None:
    layout = template_layout("contact-card")
    frames = [
        {**each, **({"colour": colour} if each["part"] == "code" else {})}
        for each in layout["frames"]
    ]
    with pytest.raises(BadInput, match=said):
        laid_out({**layout, "frames": frames})


@pytest.mark.parametrize("template", [*CARDS, *LETTERS])
def test_the_address_and_what_is_read_is_printed_in_full_black(
    template: str, tmp_path: Path
) -> None:
    composed(messages(2, template), order(template), tmp_path / "run.pdf")
    with pikepdf.open(tmp_path / "run.pdf") as pdf:
        streams = [each.read_bytes() for each in pdf.objects if isinstance(each, pikepdf.Stream)]
    greys = [each for each in streams if re.search(rb"BT/F-.*? 0 0 0 0?\.\d+ k", each)]
    assert greys == []
    assert any(re.search(rb"BT/F-text .*? 0 0 0 1 k", each) for each in streams)


@pytest.mark.parametrize("template", CARDS)
def test_nothing_is_printed_in_the_corner_for_the_mark_of_paid_postage(
    template: str, tmp_path: Path
) -> None:
    by = order(template)
    document = pypdfium2.PdfDocument(composed(messages(1, template), by, tmp_path / "run.pdf"))
    picture = picture_of(document[by.layout.sides.index(by.layout.address_side)], 144)
    document.close()
    wide, high = (round(each / 25.4 * 144) for each in (74, 40))
    corner = picture.crop((picture.width - wide + 2, 2, picture.width - 2, high - 2))
    assert corner.convert("L").getextrema() == (255, 255)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"qr": {"side": "back", "left": 82, "top": 10, "size": 20}}, "the QR code stands in the"),
        ({"piece": {"side": "back", "left": 82, "top": 30}}, "the piece's number stands in"),
        ({"franking": {"width": 74, "height": 45}}, "mark of paid postage, 74 by 45 mm"),
    ],
)
def test_a_layout_that_prints_in_the_corner_for_paid_postage_is_refused(
    change: dict[str, Any], said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        laid_out({**template_layout("contact-card"), **change})


def test_a_card_without_a_corner_of_its_own_has_the_ordinary_one() -> None:
    assert order("contact-card-a5").layout.franking == Franking(width=74, height=40)
    assert order("letter").layout.franking is None


@pytest.mark.parametrize(
    ("template", "zone", "said"),
    [
        (
            "contact-card",
            {"franking": Franking(width=74, height=45)},
            "QR code stands in the corner",
        ),
        ("contact-card-a5", {"franking": Franking(width=150, height=20)}, "runs out of its frame"),
        ("letter", {"window": Window(left=20, top=45, width=90, height=30)}, "comes within 3 mm"),
        ("letter", {"window": Window(left=20, top=45, width=48, height=45)}, "runs out of its"),
        (
            "letter",
            {"window": Window(left=20, top=45, width=120, height=45)},
            "can be read through",
        ),
    ],
)
def test_the_gate_measures_every_finished_piece_against_the_zones(
    template: str, zone: dict[str, Any], said: str, tmp_path: Path
) -> None:
    by, pieces = order(template), messages(2, template)
    pdf = composed(pieces, by, tmp_path / "run.pdf")
    narrower = replace(by, layout=by.layout.model_copy(update=zone))
    with pytest.raises(SpoiledRun, match=said):
        read_back(pdf, pieces, narrower, numbers(2))


def test_a_drawing_that_reaches_into_the_corner_for_paid_postage_is_caught(tmp_path: Path) -> None:
    by = order("contact-card")
    pdf = composed(messages(1), by, tmp_path / "run.pdf")
    check_blank(pdf, by.layout)
    wider = by.layout.model_copy(update={"franking": Franking(width=78)})
    with pytest.raises(SpoiledRun, match="mark of paid postage, 78 by 40 mm"):
        check_blank(pdf, wider)
