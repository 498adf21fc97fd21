"""A print shop's file: read strictly, and refused with its line and what to write instead."""

from decimal import Decimal
from pathlib import Path

import pytest

from channels.shops import Paper, Shop, paper_of, read_shop
from store.errors import BadInput
from templates.texts import load

EXAMPLE = Path(__file__).parents[2] / "campaigns" / "examples" / "print-shop.toml"
SHIPPED = EXAMPLE.read_text()


def written(folder: Path, text: str) -> Path:
    file = folder / "shop.toml"
    file.write_text(text)
    return file


def test_the_shipped_example_is_read_and_its_key_stands_beside_it() -> None:
    shop = read_shop(EXAMPLE)
    assert shop.sftp is not None
    assert shop.sftp.key_file == EXAMPLE.parent / "kaartje-at-delinde"
    assert shop.calendar.daily_pieces == 20_000


@pytest.mark.parametrize(
    "template", ["contact-card", "contact-card-a5", "folding-card", "letter", "letter-short"]
)
def test_the_shipped_example_has_a_price_for_every_piece_we_make(template: str) -> None:
    assert read_shop(EXAMPLE).price(paper_of(load(template).layout), 1)


def test_a_name_and_nothing_else_is_a_shop_that_collects(tmp_path: Path) -> None:
    assert read_shop(written(tmp_path, 'name = "De Linde"')) == Shop(name="De Linde")


def test_a_piece_weighs_what_its_layout_says_with_its_envelope() -> None:
    letter = paper_of(load("letter").layout)
    assert letter == Paper("210x297", pytest.approx(210 * 297 * 80 / 1_000_000 + 5))  # type: ignore[arg-type]
    assert paper_of(load("folding-card").layout).format.endswith("-folded")


def test_a_run_costs_its_set_up_and_each_piece_printed_and_posted_sorted_from_so_many() -> None:
    shop, card = read_shop(EXAMPLE), Paper("148x105", 4.662)
    assert shop.price(card, 249) == Decimal(45) + 249 * (Decimal("0.058") + Decimal("0.78"))
    assert shop.price(card, 250) == Decimal(45) + 250 * (Decimal("0.058") + Decimal("0.61"))
    assert shop.price(card, 0) == 0
    assert shop.price(Paper("100x100", 3), 10) is None


def test_a_heavier_layout_pays_more_postage_and_one_too_heavy_for_the_list_has_no_price() -> None:
    shop = read_shop(EXAMPLE)
    assert shop.price(Paper("210x297", 20.1), 1) == Decimal(45) + Decimal("0.064") + Decimal("1.24")
    assert shop.price(Paper("210x297", 50.1), 1) is None


def test_paper_in_the_shops_file_is_refused_since_the_layout_says_it(tmp_path: Path) -> None:
    twice = SHIPPED + '\n[stock."148x105"]\ngrams_per_m2 = 300\n'
    with pytest.raises(
        BadInput, match=r"stock: is not a known key of a print shop's file; remove it"
    ):
        read_shop(written(tmp_path, twice))


@pytest.mark.parametrize(
    ("right", "wrong", "line", "field", "said"),
    [
        ("port = 22", "port = 0", 11, "sftp.port", "0 is too small; write a number of at least 1"),
        ('user = "kaartje"\n', "", 9, "sftp.user", "is missing"),
        ("folder =", "folders =", 15, "sftp.folders", "is not a known key of a print shop's file"),
        ('folder = "in/kaartje"', 'folder = "../in"', 15, "sftp.folder", "is not a folder"),
        (
            'host_key = "ssh-ed25519 ',
            'host_key = "SHA256:',
            14,
            "sftp.host_key",
            "is not of the right form",
        ),
        (
            'cut_off = "16:00"',
            'cut_off = "4 pm"',
            21,
            "calendar.cut_off",
            "'4 pm' is not a time of day",
        ),
        ('cut_off = "16:00"', 'cut_off = "0:00"', 20, "calendar", "its day ends as it begins"),
        (
            '"saturday", "sunday"',
            '"zaterdag"',
            22,
            "calendar.closed",
            "'zaterdag' is not a known word; write 'monday'",
        ),
        (
            "set_up = 45.00",
            "set_up = -1",
            27,
            "prices.set_up",
            "-1 is too small; write a number of at least 0",
        ),
        ('"210x148" = 0.081', '"a5" = 0.081', 32, "prices.print.a5", "is not of the right form"),
        ("up_to = 50", "up_to = 10", 26, "prices", "not in order of weight"),
        (
            'mode = "composed"',
            'mode = "decomposed"',
            3,
            "mode",
            "'decomposed' is not a known word; write 'composed'",
        ),
        ("\npieces = 2\n", "\npieces = two\n", 47, None, "is not TOML"),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_its_key(
    tmp_path: Path, right: str, wrong: str, line: int, field: str | None, said: str
) -> None:
    assert right in SHIPPED
    with pytest.raises(BadInput) as refused:
        read_shop(written(tmp_path, SHIPPED.replace(right, wrong)))
    each = next(
        each for each in getattr(refused.value, "each", [refused.value]) if said in str(each)
    )
    assert (each.file, each.line) == (str(tmp_path / "shop.toml"), line)
    assert (each.field or "").startswith(field or "")
    assert each.remedy


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    twice = SHIPPED.replace("port = 22", "port = 0").replace("\npieces = 2\n", "\npieces = -2\n")
    with pytest.raises(BadInput) as refused:
        read_shop(written(tmp_path, twice))
    assert len(str(refused.value).splitlines()) == 2


@pytest.mark.parametrize("content", [None, b'name = "\xff"'])
def test_a_file_that_is_not_there_or_no_text_is_refused(
    tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "shop.toml"
    if content:
        file.write_bytes(content)
    with pytest.raises(BadInput, match=r"shop\.toml"):
        read_shop(file)
