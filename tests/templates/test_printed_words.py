"""What is printed is large enough, says how to see that it is real, and frightens nobody."""

import tomllib
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path

import pytest

from campaigns.touches.campaign_parts import Sender
from campaigns.touches.campaign_reading import read_campaign
from campaigns.touches.composing import campaign_context, real_page
from channels.card.frames import Side, extent
from channels.card.layout import read_layout
from channels.card.logos import logo_operators
from channels.card.proof_marks import place_mark
from channels.card.typesetting import Fault, Typesetter
from channels.examples import example_message
from store.errors import BadInput
from templates.language_scripts import tidy
from templates.texts import available, load

EXAMPLE = Path(__file__).parents[2] / "campaigns/examples/contact-cards-2023.yaml"
PRINTED = tuple(name for name in available() if load(name).layout)
CARDS = ("contact-card", "refund-card")
MM = 72 / 25.4


@pytest.mark.parametrize("name", PRINTED)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_card_and_letter_says_where_to_see_and_to_ask_whether_it_is_real(
    name: str, language: str
) -> None:
    said = load(name).preview(language).parts["real"]
    assert said.startswith("Is dit echt?" if language == "nl" else "Is this real?")
    assert "voorbeeldstad.example/echt" in said
    assert "0800 0543" in said


@pytest.mark.parametrize(
    ("given", "page"),
    [
        ({"real_url": "utrecht.example/nep"}, "utrecht.example/nep"),
        ({"qr_url": "https://kaart.example/k"}, "kaart.example/echt"),
        ({}, "dichtbij.example/echt"),
        ({"privacy_url": "https://www.utrecht.example/privacy"}, "www.utrecht.example/echt"),
    ],
)
def test_the_page_is_the_campaigns_own_or_that_of_its_site(
    given: dict[str, str], page: str
) -> None:
    sender = {
        "name": "N",
        "team": "T",
        "return_address": "Postbus 1",
        "privacy_url": "dichtbij.example/privacy",
    }
    assert real_page(Sender(**{**sender, **given})) == page


@pytest.mark.parametrize("name", PRINTED)
def test_the_qr_code_has_words_and_a_card_without_one_has_none(name: str) -> None:
    template = load(name)
    preview = template.description.preview
    assert template.preview().parts["qr_label"] == "Liever dat wij u bellen? Scan hier."
    without = template.render("nl", {**preview, "sender": {**preview["sender"], "qr": False}})
    assert without.parts["qr_label"] == ""


@pytest.mark.parametrize("name", CARDS)
@pytest.mark.parametrize("language", ["nl", "en", "tr"])
def test_a_card_is_read_at_eleven_points_and_its_small_print_at_nine(
    name: str, language: str
) -> None:
    template = load(name)
    words = template.preview(language)
    message = replace(example_message("post", 1), words=words.parts, language=words.language)
    settings = Typesetter(read_layout(template.layout)).set_message(message)
    assert not isinstance(settings, Fault)
    sizes = {setting.frame.part: setting.size for setting in settings}
    assert min(sizes[part] for part in ("greeting", "text", "offer")) >= 11
    small = {"stop", "real", "privacy", "code_why", "qr_label", "other_language"} & sizes.keys()
    assert min(sizes[part] for part in small) >= 9


def test_the_large_card_has_places_of_its_own() -> None:
    small, large = (
        read_layout(load(name).layout).places for name in ("contact-card", "contact-card-a5")
    )
    scales = {round(large[part].size / small[part].size, 2) for part in small}
    assert len(scales) > 4
    assert large["text"].size >= 14


@pytest.mark.parametrize("name", PRINTED)
def test_the_greeting_ends_in_lines_of_its_own(name: str) -> None:
    parts = load(name).preview("nl").parts
    assert parts["text"].split("\n")[-1].split("\u2028") == [
        "Hartelijke groet,",
        "Henri",
        "van Team Even Bellen",
    ]


def test_a_kept_line_stands_close_below_and_a_paragraph_further_down() -> None:
    template = load("letter")
    typesetter = Typesetter(read_layout(template.layout))
    frame = typesetter.layout.places["text"]
    setting = typesetter.set_text(frame, tidy("Een.\n\nTwee,\\\ndrie"))
    assert not isinstance(setting, Fault)
    assert setting.texts == ("Een.", "Twee,", "drie")
    first, second, third = (line.y for line in setting.lines)
    assert third - second == pytest.approx(frame.leading * setting.size)
    assert second - first == pytest.approx((1 + frame.gap) * frame.leading * setting.size)


@pytest.mark.parametrize("name", PRINTED)
def test_the_mark_of_a_proof_covers_no_text_and_no_code(name: str) -> None:
    layout = read_layout(load(name).layout)
    for side in layout.sides:
        assert not list(_covered(name, side)), side


def _covered(name: str, side: Side) -> list[str]:
    layout = read_layout(load(name).layout)
    place = place_mark(layout, side, "PROEF")
    cos, sin, _, _, left, bottom = place.matrix
    wide, high = 2.8 * place.size, 0.66 * place.size
    dots = [
        (
            (left + along * wide * cos - up * high * sin) / MM,
            layout.card.height - (bottom + along * wide * sin + up * high * cos) / MM,
        )
        for along, up in product([at / 40 for at in range(41)], [at / 8 for at in range(9)])
    ]
    things = [frame for frame in layout.texts if frame.side == side]
    codes = [code for code in (layout.qr, layout.piece) if code is not None and code.side == side]
    return [
        str(thing)
        for thing in (*things, *codes)
        for x, y in dots
        if thing.left < x < thing.left + extent(thing)[0]
        and thing.top < y < thing.top + extent(thing)[1]
    ]


@pytest.mark.parametrize("name", ["letter", "letter-short", "refund-letter"])
def test_a_letter_bears_its_day_and_its_sender_once(name: str) -> None:
    campaign, _, _ = read_campaign(EXAMPLE)
    template = load(name)
    context = campaign_context(campaign, "Henri", date(2023, 6, 5))
    words = {
        language: template.render(language, {**template.description.preview, **context}).parts
        for language in ("nl", "en")
    }
    assert (words["nl"]["date"], words["en"]["date"]) == ("5 juni 2023", "5 June 2023")
    assert words["nl"]["sender_name"] == "Team Dichtbij"
    assert words["en"]["text"].endswith("Henri\u2028from the Dichtbij team")


@pytest.mark.parametrize("name", PRINTED)
def test_a_preview_is_addressed_as_a_piece_is(name: str) -> None:
    preview = tomllib.loads(load(name).sources["template.toml"])["preview"]
    assert preview["person"]["addressee"] == "S. van den Berg-Öztürk"


@pytest.mark.parametrize("name", available())
def test_no_text_of_ours_frightens(name: str) -> None:
    said = " ".join(load(name).preview("nl").parts.values())
    assert "tijd is op" not in said
    assert "gebeurt veel mensen" not in said


@pytest.mark.parametrize("name", ["refund-card", "refund-letter", "text-refund", "refund-guide"])
def test_words_for_money_that_may_be_waiting_are_for_a_right_and_for_nothing_else(
    name: str,
) -> None:
    template = load(name)
    assert template.purposes == ("rights",)
    assert template.lint("rights", open_card=True) == []
    said = " ".join(template.preview("nl").parts.values())
    assert "Er ligt misschien geld" in said


SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">{0}</svg>'


def _drawn(svg: str) -> bytes:
    place = {"side": "front", "left": 20, "top": 20, "width": 10, "height": 10}
    layout = {**load("letter").layout, "logo": {**place, "svg": svg}}
    logo = read_layout(layout).logo
    assert logo is not None
    return logo_operators(logo, 297)


def test_a_logo_is_drawn_in_ink() -> None:
    drawn = _drawn(SVG.format('<path d="M1 1h8v8z" fill="#f00"/><circle r="2" fill="white"/>'))
    assert b"0 1 1 0 k\n1 1 m 9 1 l 9 9 l h f" in drawn
    assert b"0 0 0 0 k" in drawn
    assert b"rg" not in drawn


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ("<text>A</text>", "has a text"),
        ('<path d="M1 1a1 1 0 0 0 1 1" />', "has a path with 'a'"),
        ('<rect width="2" height="2" stroke="red"/>', "has a stroke"),
        ('<g transform="scale(2)"/>', "has a transform"),
        ('<rect width="2" height="2" fill="url(#a)"/>', "has a colour"),
        ("", "draws nothing"),
        ("<rect", "is not XML"),
    ],
)
def test_what_a_press_might_draw_otherwise_is_refused_in_a_logo(inside: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        _drawn(SVG.format(inside))
