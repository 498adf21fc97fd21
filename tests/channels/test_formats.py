"""Every format is what a shop and the post take: its size, its sides, its edges, and what may be read from outside."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args
from unicodedata import bidirectional, category

import pypdfium2
import pytest

from channels import KINDS
from channels.card.frames import MM, Face
from channels.card.layout import read_layout
from channels.card.read_back import inspect_run
from channels.port import Batch, ChannelSettings, Message, Refusal
from channels.press import fonts
from people.addresses import PostalAddress
from store.errors import BadInput
from templates.texts import available, load
from tests.channels.pieces import NAMES, composed, messages, numbers, order, template_layout

PRINTED = [name for name in available() if load(name).layout]
SIZES = {
    "contact-card": (148, 105, 2),
    "contact-card-a5": (210, 148, 2),
    "folding-card": (210, 297, 2),
    "letter": (210, 297, 2),
    "letter-short": (210, 297, 1),
    "refund-card": (148, 105, 2),
    "refund-letter": (210, 297, 2),
}


def _check(
    message: Message, template: str, outbox: Path, sender: Mapping[str, str] | None = None
) -> Refusal | None:
    channel = KINDS[load(template).channel].open(ChannelSettings(outbox))
    return channel.check(
        message,
        Batch(
            key="b",
            made_at=_MADE_AT,
            messages=(message,),
            layout=template_layout(template),
            sender=sender or {},
        ),
    )


_MADE_AT = order().made_at


def test_the_tree_holds_every_format() -> None:
    assert {name: SIZES[name] for name in PRINTED} == SIZES


@pytest.mark.parametrize("template", PRINTED)
@pytest.mark.parametrize("language", ["nl", "en", "tr"])
def test_every_template_fits_its_layout_in_every_language(
    template: str, language: str, tmp_path: Path
) -> None:
    message = replace(messages(1)[0], words=load(template).preview(language).parts)
    assert _check(message, template, tmp_path) is None


@pytest.mark.everyday(2)
@pytest.mark.parametrize("template", PRINTED)
def test_every_format_passes_the_gate_with_crop_marks_and_without(
    template: str, tmp_path: Path
) -> None:
    pieces = messages(len(NAMES), template)
    for marks in (False, True):
        by = order(template, crop_marks=marks)
        inspect_run(composed(pieces, by, tmp_path / "run.pdf"), pieces, by, numbers(len(pieces)))
    document = pypdfium2.PdfDocument(tmp_path / "run.pdf")
    width, height, sides = SIZES[template]
    assert len(document) == sides * len(pieces)
    left, bottom, right, top = document[0].get_trimbox()
    assert (right - left, top - bottom) == pytest.approx((width * MM, height * MM), abs=0.01)
    document.close()


def test_nothing_but_the_addresses_can_be_read_on_the_outside_of_a_card_that_closes(
    tmp_path: Path,
) -> None:
    pieces, by = messages(3, "folding-card"), order("folding-card")
    document = pypdfium2.PdfDocument(composed(pieces, by, tmp_path / "run.pdf"))
    for number, piece in enumerate(pieces):
        outside = document[2 * number].get_textpage().get_text_range().split()
        meant = [piece.words["return_address"], *piece.address_lines, numbers(3)[number]]
        assert outside == " ".join(meant).split()
        assert piece.code not in "".join(outside)
    document.close()


def test_a_duty_may_be_put_on_the_card_that_closes_without_a_word_about_open_cards() -> None:
    template = load("folding-card")
    assert not template.is_open
    assert "duty" in template.purposes
    assert template.lint("duty") == []


def test_the_address_of_a_letter_stands_in_the_window_of_its_envelope(tmp_path: Path) -> None:
    pieces = messages(1, "letter")
    document = pypdfium2.PdfDocument(composed(pieces, order("letter"), tmp_path / "run.pdf"))
    page = document[0]
    text = page.get_textpage()
    found = [text.get_rect(number) for number in range(text.count_rects())]
    window = [rect for rect in found if rect[0] < 105 * MM and rect[3] > (297 + 3 - 90) * MM]
    assert len(window) == 4  # the return address and three lines
    for left, bottom, right, top in window:
        assert left >= (20 + 3) * MM - 1
        assert right <= (105 + 3) * MM
        assert bottom >= (297 + 3 - 90) * MM
        assert top <= (297 + 3 - 45) * MM
    document.close()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"card": {"closes": True}}, "could be read on the outside"),
        ({"card": {"sides": 1}}, "a side that is not printed"),
        ({"card": {"fold": 60}}, "lies across the fold"),
        ({"card": {"drawing": "logo.png"}}, "is not a known word; write .plain."),
        ({"qr": {"side": "back", "left": 125, "top": 82, "size": 20}}, "QR code comes within 5 mm"),
        (
            {"qr": {"side": "back", "left": 60, "top": 20, "size": 20}},
            r"within 3.2 mm of the QR code",
        ),
        ({"kix": {"left": 82, "top": 99, "width": 40}}, "KIX code comes within 5 mm"),
        (
            {"qr": {"side": "back", "left": 20, "top": 10, "size": 8}},
            "8 is too small; write a number of at least 12",
        ),
    ],
)
def test_a_layout_that_cannot_be_printed_is_bad_input(change: dict[str, Any], said: str) -> None:
    layout = template_layout("contact-card")
    data = {**layout, **change, "card": {**layout["card"], **change.get("card", {})}}
    with pytest.raises(BadInput, match=said):
        read_layout(data)


def test_a_text_that_asks_for_more_ink_than_the_paper_takes_is_bad_input() -> None:
    layout = template_layout("contact-card")
    first = {**layout["frames"][0], "colour": [1, 1, 1, 0.5]}
    with pytest.raises(BadInput, match="300% of ink"):
        read_layout({**layout, "frames": [first, *layout["frames"][1:]]})


HOME = PostalAddress(
    street="Lange Nieuwstraat",
    house_number=7,
    house_letter="",
    house_addition="",
    postcode="1234AB",
    town="Voorbeeldstad",
)


@pytest.mark.parametrize(
    ("name", "home", "code"),
    [
        ("", HOME, "EMPTY_LINE"),
        ("   ", HOME, "EMPTY_LINE"),
        ("\U0001f600", HOME, "MISSING_GLYPH"),
        ("\u202enesnaJ", HOME, "HIDDEN_SIGN"),  # turns the reading direction round
        ("Jan\u00adsen", HOME, "HIDDEN_SIGN"),  # a soft hyphen
        ("Jan\u200bsen", HOME, "HIDDEN_SIGN"),
        ("مريم بنت علي", HOME, "RIGHT_TO_LEFT"),
        ("שרה כהן", HOME, "RIGHT_TO_LEFT"),
        ("Sara כהן-Jansen", HOME, "RIGHT_TO_LEFT"),
        ("كريم \u202dJansen", HOME, "RIGHT_TO_LEFT"),
        ("٣", HOME, "RIGHT_TO_LEFT"),  # a digit, in Arabic
        ("ܡܪܝܡ", HOME, "RIGHT_TO_LEFT"),  # Syriac
        ("\u2067שרה\u2069", HOME, "HIDDEN_SIGN"),  # turned round first
        (
            "S. de Vries",
            replace(HOME, town="תל אביב", postcode="6100001", country="IL"),
            "RIGHT_TO_LEFT",
        ),
        ("S. de Vries", replace(HOME, house_addition="a" * 60), "DOES_NOT_FIT"),
        ("S. de Vries", replace(HOME, house_addition="achter het huis"), None),
        ("S. de Vries", replace(HOME, house_addition="achter " * 60), "DOES_NOT_FIT"),
        ("S. de Vries", replace(HOME, town="Sint " * 16), "DOES_NOT_FIT"),
        ("S. de Vries", replace(HOME, town="Voorbeeldstad" * 8), "DOES_NOT_FIT"),
        ("Nguyễn Thị Ánh", HOME, None),
        ("Σοφία Παπαδοπούλου", HOME, None),
        ("Ђорђе Ћирић", HOME, None),
        ("Ğülşen Işık-İnönü", HOME, None),  # noqa: RUF001  a Turkish name
    ],
)
def test_a_piece_that_cannot_be_printed_right_is_held_back_with_a_reason(
    name: str, home: PostalAddress, code: str | None, tmp_path: Path
) -> None:
    lines = (name, *home.lines())
    message = replace(messages(1)[0], to=home, address_lines=lines)
    refusal = _check(message, "contact-card", tmp_path)
    assert (refusal and refusal.code) == code
    if refusal:
        assert not name.strip() or name not in refusal.detail


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "مريم بنت علي",
            "Arabic is written from right to left, which we cannot print yet: reach this person in another way",
        ),
        ("שרה כהן", "Hebrew is written from right to left"),
        (
            "\u202enesnaJ",
            "an invisible sign stands in it (U+202E RIGHT-TO-LEFT OVERRIDE): take it out in the source",
        ),
        ("\U0001f600", "the typeface cannot draw U+1F600 GRINNING FACE"),
    ],
)
def test_the_reason_says_what_can_be_done_and_does_not_repeat_the_name(
    name: str, said: str, tmp_path: Path
) -> None:
    refusal = _check(
        replace(messages(1)[0], address_lines=(name, *HOME.lines())), "contact-card", tmp_path
    )
    assert refusal
    assert refusal.detail.startswith(said)
    assert not set(name) & set(refusal.detail) - set(" Janes")


@pytest.mark.parametrize("face", get_args(Face))
def test_no_typeface_of_ours_draws_what_runs_from_the_right_or_cannot_be_seen(face: str) -> None:
    drawn = fonts.advances(face)
    assert "a" in drawn
    assert not {
        letter
        for letter in drawn
        if bidirectional(letter) in {"R", "AL", "AN"} or category(letter) == "Cf"
    }


def test_an_address_for_the_qr_code_that_no_code_can_say_stops_the_batch(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="QR code"):
        _check(
            messages(1)[0], "contact-card", tmp_path, {"qr_url": "https://voorbeeld.example/" + "é"}
        )
