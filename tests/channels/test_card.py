"""A print run is what a press takes as it is, and a card is never printed wrong."""

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, get_args
from unicodedata import normalize

import pikepdf
import pypdfium2
import pytest

from channels.card import Card
from channels.card.drawings import DRAWINGS
from channels.card.frames import MM
from channels.card.kix import bars, kix_text
from channels.card.layout import Sheet, read_layout
from channels.card.manifest import COLUMNS, harmless
from channels.card.preview import preview
from channels.card.typesetting import Setting, Typesetter
from channels.codes import printed
from channels.examples import LAYOUT, MADE_AT, example_batch, example_message
from channels.pieces import piece_id, read_piece_id
from channels.port import Batch, ChannelSettings, HandedFile, Message, Receipt, Refusal, RefusalKind
from channels.press.fonts import width
from people.addresses import PostalAddress
from store.errors import BadInput
from templates.texts import load

NAMES = (
    "Noël van Óost-'t Hooft",
    "Çiğdem Şahin-Yıldız",  # noqa: RUF001  a Turkish name
    "Łukasz Żółć",
    "Nguyễn Thị Ánh",
    "Joe\u0308lle IJsbrand",
    "Иван Петров",
)


@cache
def _contact_card() -> tuple[Mapping[str, Any], Mapping[str, str]]:
    template = load("contact-card")
    return template.layout, template.preview().parts


def _message(
    number: int, name: str = "Mevrouw S. de Vries", installation: int = 7, postcode: str = "1234AB"
) -> Message:
    address = PostalAddress(
        street="Lange Nieuwstraat",
        house_number=installation,
        house_letter="",
        house_addition="II",
        postcode=postcode,
        town="Voorbeeldstad",
    )
    _, words = _contact_card()
    return replace(
        example_message("post", number),
        to=address,
        address_lines=(name, *address.lines()),
        words=dict(words),
    )


def _batch(*messages: Message, key: str = "run-1") -> Batch:
    return Batch(key=key, made_at=MADE_AT, messages=messages, layout=_contact_card()[0], number=41)


def _send(outbox: Path, batch: Batch) -> Path:
    results = list(Card.open(ChannelSettings(outbox)).send(batch))
    assert not [result for result in results if isinstance(result, Refusal)]
    return outbox / batch.key


def _refusal(message: Message, outbox: Path) -> Refusal:
    refusal = Card.open(ChannelSettings(outbox)).check(message, _batch(message))
    assert refusal
    return refusal


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    messages = (_message(n, name, installation=90 - n) for n, name in enumerate(NAMES))
    return _send(tmp_path_factory.mktemp("outbox"), _batch(*messages))


def test_every_page_has_its_own_boxes(run: Path) -> None:
    with pikepdf.open(run / "run-1-001.pdf") as pdf:
        assert len(pdf.pages) == 2 * len(NAMES)
        for page in pdf.pages:
            trim = [float(number) for number in page.obj["/TrimBox"]]
            bleed = [float(number) for number in page.obj["/BleedBox"]]
            assert trim[2] - trim[0] == pytest.approx(148 * MM, abs=0.01)
            assert trim[3] - trim[1] == pytest.approx(105 * MM, abs=0.01)
            assert [b - t for b, t in zip(bleed, trim, strict=True)] == pytest.approx(
                [-3 * MM, -3 * MM, 3 * MM, 3 * MM], abs=0.01
            )
            assert [float(number) for number in page.obj["/MediaBox"]] == pytest.approx(bleed)


def test_every_font_is_embedded_and_no_colour_is_rgb(run: Path) -> None:
    with pikepdf.open(run / "run-1-001.pdf") as pdf:
        fonts = [thing for thing in pdf.objects if _is_a(thing, "/Font")]
        assert len(fonts) >= 5
        inner = [font for font in fonts if "/DescendantFonts" not in font]
        assert all("/FontFile2" in font["/FontDescriptor"] for font in inner)
        streams = [
            *(page.obj for page in pdf.pages),
            *(thing for thing in pdf.objects if _is_a(thing, "/XObject")),
        ]
        operators = {
            str(step.operator)
            for stream in streams
            for step in pikepdf.parse_content_stream(stream)
        }
        assert "k" in operators
        assert not operators & {"rg", "RG", "g", "G", "cs", "CS", "sc", "scn", "sh", "gs"}


def _is_a(thing: Any, kind: str) -> bool:
    return isinstance(thing, pikepdf.Dictionary | pikepdf.Stream) and thing.get(
        "/Type"
    ) == pikepdf.Name(kind)


def test_the_text_read_back_gives_each_name_address_and_code(run: Path) -> None:
    document = pypdfium2.PdfDocument(run / "run-1-001.pdf")
    for record, name in enumerate(reversed(NAMES)):  # sorted by house number
        text = document[2 * record + 1].get_textpage().get_text_range()
        number = NAMES.index(name)
        assert normalize("NFC", name) in text
        assert f"Lange Nieuwstraat {90 - number} II" in text
        assert printed(example_message("post", number).code) in text
        assert "0800 0543" in document[2 * record].get_textpage().get_text_range()
    document.close()


def test_all_text_keeps_away_from_the_edge(run: Path) -> None:
    document = pypdfium2.PdfDocument(run / "run-1-001.pdf")
    for page in document:
        text = page.get_textpage()
        for number in range(text.count_rects()):
            left, bottom, right, top = text.get_rect(number)
            assert min(left, bottom) >= 8 * MM - 0.5
            assert right <= (154 - 8) * MM
            assert top <= (111 - 8) * MM
    document.close()


def test_the_manifest_has_a_row_a_piece_and_no_name_and_no_code(run: Path) -> None:
    text = (run / "manifest.csv").read_text()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert list(rows[0]) == list(COLUMNS)
    assert [int(row["record"]) for row in rows] == list(range(1, len(NAMES) + 1))
    assert [read_piece_id(row["piece_id"]) for row in rows] == [
        (41, record) for record in range(1, len(NAMES) + 1)
    ]
    assert [(row["page_front"], row["page_back"]) for row in rows[:2]] == [("1", "2"), ("3", "4")]
    assert {tuple(row.values())[5:] for row in rows} == {("NL", "1234AB", "20", "no")}
    assert {row["file"] for row in rows} == {"run-1-001.pdf"}
    assert not any(word in text for name in NAMES for word in name.split() if len(word) > 3)
    assert not any(example_message("post", number).code in text for number in range(len(NAMES)))
    assert "Lange Nieuwstraat" not in text


def test_the_sums_are_right(run: Path) -> None:
    for line in (run / "sha256").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((run / name).read_bytes()).hexdigest() == digest


def test_the_same_batch_gives_the_same_bytes(run: Path, tmp_path: Path) -> None:
    messages = (_message(n, name, installation=90 - n) for n, name in enumerate(NAMES))
    again = _send(tmp_path, _batch(*messages))
    assert (again / "run-1-001.pdf").read_bytes() == (run / "run-1-001.pdf").read_bytes()


def test_the_document_bears_the_date_of_the_batch(run: Path) -> None:
    with pikepdf.open(run / "run-1-001.pdf") as pdf:
        assert str(pdf.docinfo["/CreationDate"]).startswith("D:20230601070000")
        assert str(pdf.docinfo["/Title"]) == "Contact cards run-1"


def test_files_are_handed_over_with_their_sizes(tmp_path: Path) -> None:
    results = list(Card.open(ChannelSettings(tmp_path)).send(_batch(_message(1), _message(2))))
    files = {result.name: result for result in results if isinstance(result, HandedFile)}
    assert set(files) == {"run-1-001.pdf", "manifest.csv", "run.json", "run.xjdf", "sha256"}
    assert (
        files["run-1-001.pdf"].pages,
        files["run-1-001.pdf"].cards,
        files["run-1-001.pdf"].first,
    ) == (4, 2, 1)
    for name, file in files.items():
        content = (tmp_path / file.folder / name).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file.bytes, file.sha256)
    receipts = {result.provider_ref for result in results if isinstance(result, Receipt)}
    assert receipts == {piece_id(41, 1), piece_id(41, 2)}


@pytest.mark.parametrize("name", ["王小明", "Sam \U0001f600", "q\u0323\u0304", "Tab\tje"])
def test_a_letter_the_typeface_lacks_is_refused(name: str, tmp_path: Path) -> None:
    refusal = _refusal(_message(1, name), tmp_path)
    assert (refusal.kind, refusal.code) == (RefusalKind.CONTENT, "MISSING_GLYPH")
    assert name not in refusal.detail


def test_a_name_that_does_not_fit_is_refused_and_never_clipped(tmp_path: Path) -> None:
    refusal = _refusal(_message(1, "Mevrouw " + "Van-Wassenaer-" * 8), tmp_path)
    assert (refusal.kind, refusal.code) == (RefusalKind.CONTENT, "DOES_NOT_FIT")


def test_a_long_name_goes_down_the_one_step_that_the_layout_has() -> None:
    typesetter = Typesetter(read_layout(_contact_card()[0]))
    frame = next(frame for frame in typesetter.layout.frames if frame.part == "address")
    setting = typesetter.set_text(frame, "Mevrouw A.B.C. van Wassenaer-Duivenvoorde")
    assert isinstance(setting, Setting)
    assert (frame.size, frame.small) == (10, 8.5)
    assert setting.size == frame.small
    assert width(setting.lines[0].text, frame.font, setting.size) <= frame.width * MM


def test_a_name_longer_still_goes_on_a_second_line_and_a_postcode_never_does() -> None:
    typesetter = Typesetter(read_layout(_contact_card()[0]))
    frame = next(frame for frame in typesetter.layout.frames if frame.part == "address")
    setting = typesetter.set_text(
        frame,
        "Mevrouw A.B.C. van Wassenaer-Duivenvoorde van Zuylen\nStraat 1\n1234 AB  VOORBEELDSTAD",
    )
    assert isinstance(setting, Setting)
    assert len(setting.lines) == 4
    assert setting.lines[-1].text == "1234 AB  VOORBEELDSTAD"


@pytest.mark.parametrize("wrap", ["always", "never"])
def test_a_line_in_a_centred_frame_has_as_much_room_before_it_as_after(wrap: str) -> None:
    centred = {**LAYOUT["frames"][0], "align": "centre", "wrap": wrap}
    layout = read_layout({**LAYOUT, "frames": [centred, *LAYOUT["frames"][1:]]})
    setting = Typesetter(layout).set_text(layout.frames[0], "Bel ons gratis\nWe helpen u graag")
    assert isinstance(setting, Setting)
    for line in setting.lines:
        room = layout.frames[0].width * MM - width(line.text, setting.frame.font, setting.size)
        assert line.x == pytest.approx(room / 2)


def test_words_without_a_place_are_refused_not_forgotten(tmp_path: Path) -> None:
    message = _message(1)
    strayed = replace(message, words={**message.words, "postscript": "Tot gauw!"})
    assert _refusal(strayed, tmp_path).code == "NO_FRAME"


@pytest.mark.parametrize("code", ["", "1234567890", "48291"])
def test_a_card_without_a_good_code_is_refused(code: str, tmp_path: Path) -> None:
    assert _refusal(replace(_message(1), code=code), tmp_path).code == "NO_CODE"


def test_one_bad_card_does_not_hold_up_the_others(tmp_path: Path) -> None:
    results = list(
        Card.open(ChannelSettings(tmp_path)).send(
            _batch(_message(1), _message(2, "محمد"), _message(3))
        )
    )
    assert Counter(type(result).__name__ for result in results) == {
        "Receipt": 2,
        "Refusal": 1,
        "HandedFile": 5,
    }


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {
                "frames": [
                    {
                        "part": "body",
                        "side": "front",
                        "left": 1,
                        "top": 8,
                        "width": 9,
                        "height": 9,
                        "size": 12,
                    }
                ]
            },
            "frame",
        ),
        (
            {"frames": [*LAYOUT["frames"], {**LAYOUT["frames"][0], "part": "ps", "left": 2}]},
            "within 5 mm of the edge",
        ),
        (
            {"frames": [*LAYOUT["frames"], {**LAYOUT["frames"][0], "part": "ps", "size": 5}]},
            "5 is too small; write a number of at least 6",
        ),
        ({"frames": [*LAYOUT["frames"], LAYOUT["frames"][0]]}, "two frames"),
        ({"card": {"drawing": "unicorn"}}, "card.drawing.*kitchen-table"),
        ({"colour": "blue"}, "colour: is not a known key of a layout"),
    ],
)
def test_a_wrong_layout_is_bad_input_with_the_field(change: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read_layout({**LAYOUT, **change})


@pytest.mark.thorough
def test_the_preview_shows_both_sides_of_a_card(run: Path, tmp_path: Path) -> None:
    from PIL import Image

    preview(run / "run-1-001.pdf", tmp_path / "card.png", record=2)
    with Image.open(tmp_path / "card.png") as picture:
        assert picture.width > 2 * picture.height
        assert len(picture.getcolors(maxcolors=1 << 24) or ()) > 50
    with pytest.raises(IndexError, match="no card 99"):
        preview(run / "run-1-001.pdf", tmp_path / "none.png", record=99)


@pytest.mark.parametrize(
    ("cell", "safe"), [("=1+1", "'=1+1"), ("-7", "'-7"), ("@x", "'@x"), ("1234AB", "1234AB")]
)
def test_no_spreadsheet_takes_a_cell_for_a_formula(cell: str, safe: str) -> None:
    assert harmless(cell) == safe


def test_the_kix_code_says_postcode_house_number_and_addition() -> None:
    address = PostalAddress(
        street="Straat",
        house_number=13,
        house_letter="",
        house_addition="hs",
        postcode="1231FZ",
        town="Loosdrecht",
    )
    assert kix_text(address) == "1231FZ13XHS"
    assert kix_text(replace(address, house_addition="1-b")) == "1231FZ13X1B"
    assert kix_text(replace(address, country="BE")) == ""


def test_a_designation_is_no_addition_in_the_kix_code_and_a_place_without_a_number_has_none() -> (
    None
):
    houseboat = PostalAddress.parse(
        street="Kade", house_number="bij 62", postcode="1234AB", town="Ons Dorp"
    )
    assert kix_text(houseboat) == "1234AB62"
    assert kix_text(replace(houseboat, house_addition="IV")) == "1234AB62XIV"
    assert kix_text(replace(houseboat, house_number=None, street="Woonboot bij de brug")) == ""


def test_each_character_of_the_kix_code_has_two_bars_that_rise_and_two_that_fall() -> None:
    for char in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        four = bars(char)
        assert [sum(rises for rises, _ in four), sum(falls for _, falls in four)] == [2, 2]
    assert bars("0") == [
        (False, False),
        (False, False),
        (True, True),
        (True, True),
    ]  # tracker, tracker, full, full
    assert len({str(bars(char)) for char in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"}) == 36


@pytest.mark.parametrize("language", ["nl", "en", "tr"])
def test_the_contact_card_fits_its_layout_in_every_language(language: str, tmp_path: Path) -> None:
    words = load("contact-card").preview(language).parts
    message = replace(_message(1), words=words)
    assert Card.open(ChannelSettings(tmp_path)).check(message, _batch(message)) is None


def test_progress_is_reported_while_writing(tmp_path: Path) -> None:
    events: list[tuple[str, int, int]] = []
    batch = example_batch(Card, "run-2", size=60, watch=lambda *event: events.append(event))
    list(Card.open(ChannelSettings(tmp_path)).send(batch))
    assert [event for event in events if event[0] == "write"] == [
        ("write", 25, 60),
        ("write", 50, 60),
        ("write", 60, 60),
    ]
    assert [event for event in events if event[0] == "seal"] == [
        ("seal", 0, 2),
        ("seal", 1, 2),
        ("seal", 2, 2),
    ]


def test_every_drawing_that_a_layout_may_name_can_be_drawn() -> None:
    assert set(get_args(Sheet.model_fields["drawing"].annotation)) == set(DRAWINGS)
