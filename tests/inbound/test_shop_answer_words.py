"""Answers as print shops write them: their words, their spreadsheet, their zeros."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from channels.answer_words import AnswerWords
from channels.pieces import MOST_RECORDS, padded_piece_id, piece_id, read_piece_id
from channels.shops import read_shop
from desk.cases.objection_doubts import waiting_doubts
from inbound.post.answer_files import AnswerReport, take_answer
from inbound.post.answer_rows import read_answer_row
from inbound.reply_effects import REFUSED_MAIL
from installation.installation import Installation
from people.sheets import Row
from store.errors import BadInput
from store.tables import Person, PrintPiece, Touch
from tests.inbound.printed import AtTheShop, at_the_shop
from tests.inbound.test_post_answers import signed

_DAY = date(2023, 6, 30)
NAMED = """
name = "Drukkerij"
[answer_map]
dates = "mm-dd-yyyy"
ignore = ["Peices"]
[answer_map.columns]
piece_id = "Uw kenmerk"
run = "Onze order"
[answer_map.kinds]
"P2" = "printed"
[answer_map.statuses]
"X" = "spoiled"
"""


def says(run: AtTheShop, text: str, *, encoding: str = "utf-8", shop: str = "") -> AnswerReport:
    """Take an answer written in an encoding, by a shop with its own file where one is given."""
    home = run.installation.settings.home
    file, described = home / "antwoord.csv", home / "shop.toml"
    file.write_bytes(text.encode(encoding))
    described.write_text(shop, encoding="utf-8")
    installation = replace(run.installation, shop=read_shop(described) if shop else None)
    return take_answer(
        installation, file, now=run.installation.now(), refused=home / "geweigerd.csv"
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_dutch_spreadsheet_is_understood_with_its_capitals_dates_and_missing_zeros(
    installation: Installation, encoding: str
) -> None:
    run = signed(at_the_shop(installation, 3))
    bare = [each.lstrip("0") for each in run.pieces]
    rows = (
        "Soort;Bestand;Partij;Stuknummer;Status;Aantal;Datum;Reden;Operateur;\r\n"
        f"Gedrukt;{run.files[0]};{run.key};;;2;1-6-2023;;André;\r\n"
        f"Gedrukt;;{run.key};{bare[1]};Misdruk;;01-06-2023 09:15;vlek op café;André;\r\n"
    )
    report = says(run, rows, encoding=encoding)
    assert (report.taken, report.refused, report.ignored) == (2, 0, ("Operateur",))
    assert run.states() == {"printed": 2, "spoiled": 1}


def test_the_same_word_in_another_spelling_is_known_already(installation: Installation) -> None:
    run = signed(at_the_shop(installation, 2))
    ours = f"kind,run,piece_id,date,reason\nreturned,{run.key},{run.pieces[0]},2023-06-01,moved\n"
    theirs = (
        "soort;opdracht;stuk;datum;reden\n"
        f"Retour;{run.key};{run.pieces[0].lstrip('0')}.0;1/6/2023;Verhuisd\n"
    )
    posted = f"kind,run,carrier_order,pieces,date\nposted,{run.key},PO-1,2,2023-06-01\n"
    says(run, f"kind,run,file,pieces\nprinted,{run.key},{run.files[0]},2\n")
    says(run, posted)
    assert says(run, theirs).taken == 1
    again = says(run, ours)
    assert (again.taken, again.unchanged, again.refused) == (0, 1, 0)
    assert run.states() == {"returned": 1, "posted": 1}


def test_a_shop_names_its_own_columns_words_and_order_of_dates(installation: Installation) -> None:
    run = signed(at_the_shop(installation, 2))
    rows = (
        "Kind,Onze order,Uw kenmerk,Status,Peices,Date\n"
        f"P2,{run.key},{run.pieces[0]},x,9,05/31/2023\n"
    )
    report = says(run, rows, shop=NAMED)
    assert (report.taken, report.refused, report.ignored) == (1, 0, ("Peices",))
    assert run.states()["spoiled"] == 1


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        *(("1.500", 1500), ("1,500", 1500), ("1 500", 1500), ("12.345.678", 12_345_678)),
        *(("1\u00a0500", 1500), ("0012", 12), ("12.0", 12), ("12,00", 12), ("7", 7)),
    ],
)
def test_a_number_is_read_as_a_spreadsheet_writes_it(written: str, meant: int) -> None:
    row = Row(2, {"kind": "posted", "run": "r", "carrier_order": "o", "date": "2023-06-01"})
    fields = {**row.fields, "pieces": written}
    assert read_answer_row(Row(2, fields), today=_DAY).pieces == meant


@pytest.mark.parametrize("written", ["1.5", "1.50", "12,5", "1.500,000", "1.23.456", "-3", "1e3"])
def test_a_number_that_may_mean_two_things_is_refused(written: str) -> None:
    fields = {"kind": "posted", "run": "r", "carrier_order": "o", "date": "2023-06-01"}
    with pytest.raises(BadInput, match="is not a number"):
        read_answer_row(Row(2, {**fields, "pieces": written}), today=_DAY)


@given(st.integers(0, 10**7), st.integers(1, MOST_RECORDS))
def test_a_piece_keeps_its_number_without_its_zeros(run_number: int, record: int) -> None:
    number = piece_id(run_number, record)
    assert padded_piece_id(number.lstrip("0")) == number
    assert read_piece_id(padded_piece_id(f"{int(number)}.0")) == (run_number, record)


def test_a_wrong_digit_in_a_number_without_zeros_is_still_seen() -> None:
    assert read_piece_id(padded_piece_id("1000015")) == (1, 1)
    assert read_piece_id(padded_piece_id("1000016")) is None


def test_every_word_of_ours_means_itself() -> None:
    words = AnswerWords()
    assert words.heading(["PIECE ID", "Piece-Id", "piece_id"]).names == ("piece_id",) * 3
    assert words.heading(["colour"]).ignored == ("colour",)


def test_a_shop_that_maps_to_a_word_we_do_not_have_is_refused_at_its_line(tmp_path: Path) -> None:
    file = tmp_path / "shop.toml"
    file.write_text('name = "D"\n[answer_map.kinds]\n"X" = "printd"\n')
    with pytest.raises(BadInput, match="'printd' is no word of an answer"):
        read_shop(file)


def test_mail_that_is_refused_may_be_an_objection_and_waits_to_be_read(
    installation: Installation,
) -> None:
    run = signed(at_the_shop(installation, 2))
    says(run, f"kind,run,file,pieces\nprinted,{run.key},{run.files[0]},2\n")
    says(run, f"kind,run,carrier_order,pieces,date\nposted,{run.key},PO-1,2,2023-06-01\n")
    refused, moved = run.pieces
    rows = f"retour,{refused},1-6-2023,geweigerd\nretour,{moved},1-6-2023,verhuisd\n"
    assert says(run, "soort,stuk,datum,reden\n" + rows).taken == 2
    (waits,) = waiting_doubts(installation.store)
    assert waits.text == REFUSED_MAIL
    with installation.store.reading() as connection:
        held = connection.execute(
            select(Person.person_ref)
            .join(Touch, Touch.person_id == Person.id)
            .join(PrintPiece, PrintPiece.touch_id == Touch.id)
            .where(PrintPiece.piece_id == refused)
        ).scalar_one()
    assert waits.who == (held,)
