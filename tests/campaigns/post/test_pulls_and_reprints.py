"""Between hand-over and posting: whom the judge holds is pulled back, and what was spoiled is printed again."""

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pikepdf
import pytest
from sqlalchemy import insert, select

from campaigns.post import proof_signing, pull_lists, reprint_files, reprints, seed_arrivals
from campaigns.post.incidents import close, holders, open_incident
from campaigns.touches import seed_addresses
from channels.card import Card
from channels.port import Batch, ChannelSettings, HandedFile
from channels.shops import Shop
from inbound.post.answer_files import take_answer
from installation.installation import Installation
from outcomes.explanations import why
from outcomes.funnels import funnel
from outcomes.person_history import PieceHistory
from people.addresses import PostalAddress
from store.clock import parse_moment
from store.errors import BadInput
from store.states import PieceState, PullState, RunState, TouchState
from store.tables import (
    Delivery,
    Person,
    PrintFile,
    PrintPiece,
    PrintRun,
    ResponseCode,
    Suppression,
    Touch,
)
from tests.conftest import NOW
from tests.deciding import deciding
from tests.passes import deliver
from tests.snapshots import Snapshots
from tests.stories import COLLEAGUE, MANAGER, campaign_file, launched, populate

DUE = parse_moment("2023-06-05")
HEADER = "kind,run,file,piece_id,status,pieces,sha256,carrier_order,date\n"


class Interrupted(Card):
    """Cards whose printing again something comes in between of."""

    during: ClassVar[Callable[[], Any]]

    def print_again(self, batch: Batch, numbers: Any, path: Path) -> HandedFile:
        file = super().print_again(batch, numbers, path)
        type(self).during()
        return file


@pytest.fixture
def sent(installation: Installation, snapshots: Snapshots) -> Installation:
    return snapshots.bring(installation, _send)


def _send(installation: Installation) -> None:
    populate(installation, 400, now=NOW)
    file = campaign_file(installation.settings.home, waves=("2023-06-05", "2023-06-19"))
    launched(installation, file, now=NOW)
    deliver(installation, now=DUE)


def pieces_of(installation: Installation) -> list[Any]:
    query = (
        select(
            PrintPiece.__table__, Person.person_ref, Touch.state.label("touch"), ResponseCode.code
        )
        .join(Touch, Touch.id == PrintPiece.touch_id)
        .join(Person, Person.id == Touch.person_id)
        .join(ResponseCode, ResponseCode.touch_id == Touch.id)
        .order_by(PrintPiece.id)
    )
    with installation.store.reading() as connection:
        return list(connection.execute(query))


def key_of(installation: Installation) -> str:
    with installation.store.reading() as connection:
        query = (
            select(Delivery.key)
            .join(PrintRun, PrintRun.delivery_id == Delivery.id)
            .order_by(PrintRun.id)
        )
        return connection.execute(query).scalars().first() or ""


def suppress(installation: Installation, ref: str, reason: str) -> None:
    with installation.store.writing() as connection:
        connection.execute(
            insert(Suppression).values(
                entry_key=f"{ref}{reason}",
                scope="person",
                person_ref=ref,
                reason=reason,
                source="test",
                note="",
                starts_at=DUE,
                added_at=DUE,
                added_by="test",
            )
        )


def says(installation: Installation, rows: str, name: str, now: datetime = DUE) -> Any:
    file = installation.settings.home / name
    file.write_text(HEADER + rows)
    return take_answer(installation, file, now=now)


def received_and_signed(installation: Installation) -> str:
    key = key_of(installation)
    with installation.store.reading() as connection:
        query = (
            select(PrintFile.__table__).where(PrintFile.pieces > 0).order_by(PrintFile.print_run_id)
        )
        file = connection.execute(query).first()
    assert file is not None
    says(
        installation, f"receipt,{key},{file.name},,,{file.pieces},{file.sha256},,\n", "receipt.csv"
    )
    proof_signing.sign(installation, key, by=COLLEAGUE, now=DUE)
    return key


def test_an_objection_after_the_hand_over_asks_the_piece_back_without_saying_why(
    sent: Installation,
) -> None:
    wanted = pieces_of(sent)[3]
    suppress(sent, wanted.person_ref, "OBJECTION")
    deliver(sent, now=DUE)
    key = key_of(sent)
    list_file = sent.settings.outbox / key / f"pull-{key}-1.csv"
    (row,) = csv.DictReader(list_file.read_text().splitlines())
    assert row == {
        "piece_id": wanted.piece_id,
        "file": f"{key}-001.pdf",
        "record": str(wanted.record),
        "page": str(2 * wanted.record - 1),
        "last_time": "",
        "reason": "stop",
    }
    (pull,) = pull_lists.pulls(sent, key=key)
    assert (pull.person_ref, pull.reason, pull.state) == (wanted.person_ref, "OBJECTION", "asked")
    deliver(sent, now=DUE + timedelta(hours=1))
    assert sorted(path.name for path in list_file.parent.glob("pull-*")) == [list_file.name]


def test_only_what_is_worth_a_walk_to_the_pallet_is_asked_back(sent: Installation) -> None:
    with sent.store.writing() as connection:
        assert pull_lists.want(connection, PrintPiece.id < 0, "OBJECTION", now=DUE) == 0
    assert (
        pull_lists.want_pulls(sent, now=DUE + timedelta(days=25)) == 0
    )  # stale data and caps are no reason
    suppress(sent, pieces_of(sent)[0].person_ref, "OBJECTION")
    assert pull_lists.want_pulls(sent, now=DUE + timedelta(days=31)) == 0  # it lies on a mat by now
    assert pull_lists.want_pulls(sent, now=DUE + timedelta(days=29)) == 1


@pytest.mark.thorough
def test_what_was_pulled_is_recalled_with_its_reason_and_too_late_goes_on(
    sent: Installation,
) -> None:
    total = len(pieces_of(sent))
    first, second = pieces_of(sent)[:2]
    for each in (first, second):
        suppress(sent, each.person_ref, "DECEASED")
    deliver(sent, now=DUE)
    says(
        sent,
        f"pulled,,,{first.piece_id},pulled,,,,\npulled,,,{second.piece_id},too_late,,,,\n",
        "pulled.csv",
    )
    first, second = pieces_of(sent)[:2]
    assert (first.state, first.touch, first.reason) == (
        PieceState.RECALLED,
        TouchState.RECALLED,
        "DECEASED",
    )
    assert (second.state, second.touch) == (PieceState.HANDED_OVER, TouchState.HANDED_OVER)
    assert [pull.state for pull in pull_lists.pulls(sent, answered=True)] == [
        PullState.PULLED,
        PullState.TOO_LATE,
    ]
    (found,) = (
        decided for decided in why(sent, first.person_ref, now=DUE).campaigns if decided.touches
    )
    assert found.touches[0].pieces == (
        PieceHistory(
            piece_id=first.piece_id,
            run=key_of(sent),
            state="recalled",
            reason="DECEASED",
            reprints=0,
            pull="pulled",
            pull_reason="DECEASED",
        ),
    )
    counted = funnel(sent, "cards", now=DUE)
    (cards,) = counted.channels
    assert (cards.recalled, cards.handed_over, counted.handed_over) == (1, total - 1, total - 1)


def test_the_last_time_is_so_many_hours_before_the_shop_posts(sent: Installation) -> None:
    installation = replace(
        sent, shop=Shop.model_validate({"name": "Drukkerij", "pull": {"hours_before_posting": 6}})
    )
    suppress(installation, pieces_of(installation)[0].person_ref, "OBJECTION")
    deliver(installation, now=DUE)
    (pull,) = pull_lists.pulls(installation)
    assert pull.last_time == parse_moment(
        "2023-06-06T10:00"
    )  # made on Monday morning, posted on Tuesday at four


@pytest.mark.thorough
def test_a_spoiled_piece_is_printed_again_with_its_own_number_and_code(sent: Installation) -> None:
    key = received_and_signed(sent)
    spoiled = pieces_of(sent)[2]
    total = len(pieces_of(sent))
    says(
        sent,
        f"printed,{key},,{spoiled.piece_id},spoiled,,,,\nprinted,{key},{key}-001.pdf,,,{total - 1},,,\n",
        "p.csv",
    )
    done = reprints.reprint(sent, key, by=MANAGER, now=DUE)
    assert (done.file, done.pieces, done.recalled) == (f"{key}/{key}-r1.pdf", 1, 0)
    again = pieces_of(sent)[2]
    assert (again.piece_id, again.code, again.state, again.reprints) == (
        spoiled.piece_id,
        spoiled.code,
        PieceState.HANDED_OVER,
        1,
    )
    (row,) = csv.DictReader((sent.settings.outbox / key / f"{key}-r1.csv").read_text().splitlines())
    assert (row["piece_id"], row["record"], row["file"]) == (
        spoiled.piece_id,
        str(spoiled.record),
        f"{key}-r1.pdf",
    )
    ticket = (sent.settings.outbox / key / f"{key}-r1.xjdf").read_text()
    assert f'JobID="{key}-r1"' in ticket
    assert 'Amount="1"' in ticket
    totals = json.loads((sent.settings.outbox / key / f"{key}-r1.json").read_text())
    assert (totals["run"], totals["pieces"], totals["cards"], totals["seeds"]) == (
        f"{key}-r1",
        1,
        1,
        0,
    )
    assert [file["name"] for file in totals["files"]] == [f"{key}-r1.pdf"]
    with pikepdf.open(sent.settings.outbox / key / f"{key}-r1.pdf") as pdf:
        assert len(pdf.pages) == 2
    says(
        sent,
        f"printed,{key},{key}-r1.pdf,,,1,,,\nposted,{key},,,,{total},,PO-1,2023-06-05\n",
        "r.csv",
    )
    with sent.store.reading() as connection:
        run = connection.execute(select(PrintRun.state).order_by(PrintRun.id)).scalars().first()
    assert run is RunState.CLOSED
    assert {piece.touch for piece in pieces_of(sent)} == {TouchState.POSTED}


@pytest.mark.thorough
def test_who_may_not_be_reached_any_more_is_recalled_instead_of_printed_again(
    sent: Installation,
) -> None:
    key = received_and_signed(sent)
    first, second = pieces_of(sent)[:2]
    rows = "".join(f"printed,{key},,{each.piece_id},spoiled,,,,\n" for each in (first, second))
    says(sent, rows, "spoiled.csv")
    suppress(sent, first.person_ref, "OBJECTION")
    done = reprints.reprint(sent, key, by=MANAGER, now=DUE)
    assert (done.pieces, done.recalled) == (1, 1)
    first, second = pieces_of(sent)[:2]
    assert (first.state, first.touch, first.reason) == (
        PieceState.RECALLED,
        TouchState.RECALLED,
        "OBJECTION",
    )
    assert second.state is PieceState.HANDED_OVER
    assert reprints.reprint(sent, key, by=MANAGER, now=DUE) == reprints.Reprinted(None, 0, 0, 0)


@pytest.mark.thorough
def test_a_pull_list_names_a_reprinted_piece_by_its_newest_file_and_page(
    sent: Installation,
) -> None:
    key = received_and_signed(sent)
    first, second, third = pieces_of(sent)[:3]
    says(
        sent,
        "".join(f"printed,{key},,{each.piece_id},spoiled,,,,\n" for each in (first, second, third)),
        "s.csv",
    )
    reprints.reprint(sent, key, by=MANAGER, now=DUE)
    says(sent, f"printed,{key},{key}-r1.pdf,{second.piece_id},spoiled,,,,\n", "again.csv")
    reprints.reprint(sent, key, by=MANAGER, now=DUE)
    for each in (second, third):
        suppress(sent, each.person_ref, "OBJECTION")
    deliver(sent, now=DUE)
    folder = sent.settings.outbox / key
    asked = list(csv.DictReader((folder / f"pull-{key}-1.csv").read_text().splitlines()))
    assert [(row["piece_id"], row["file"], row["page"]) for row in asked] == [
        (second.piece_id, f"{key}-r2.pdf", "1"),
        (third.piece_id, f"{key}-r1.pdf", "5"),
    ]
    for row in asked:
        (there,) = [
            line
            for line in csv.DictReader(
                (folder / row["file"]).with_suffix(".csv").read_text().splitlines()
            )
            if line["piece_id"] == row["piece_id"]
        ]
        assert there["page_front"] == row["page"]


@pytest.mark.thorough
def test_a_reprint_is_composed_while_nothing_is_being_written(sent: Installation) -> None:
    key = received_and_signed(sent)
    piece = pieces_of(sent)[0]
    says(sent, f"printed,{key},,{piece.piece_id},spoiled,,,,\n", "spoiled.csv")
    running = replace(
        sent,
        channels={**sent.channels, "card": Interrupted.open(ChannelSettings(sent.settings.outbox))},
    )
    Interrupted.during = lambda: says(
        sent, f"printed,{key},,{piece.piece_id},reprinted,,,,\n", "meanwhile.csv"
    )
    with pytest.raises(BadInput, match="1 pieces changed while they were composed"):
        reprints.reprint(running, key, by=MANAGER, now=DUE)
    assert pieces_of(sent)[0].state is PieceState.PRINTED  # the shop's own; nothing was asked for
    assert not list((sent.settings.outbox / key).glob("*-r1*"))
    assert reprints.reprint(sent, key, by=MANAGER, now=DUE).pieces == 0


@pytest.mark.thorough
def test_a_reprint_that_died_before_the_ledger_knew_it_is_composed_anew(sent: Installation) -> None:
    key = received_and_signed(sent)
    says(sent, f"printed,{key},,{pieces_of(sent)[0].piece_id},spoiled,,,,\n", "spoiled.csv")
    running = replace(
        sent,
        channels={**sent.channels, "card": Interrupted.open(ChannelSettings(sent.settings.outbox))},
    )
    Interrupted.during = lambda: 1 // 0
    with pytest.raises(ZeroDivisionError):
        reprints.reprint(running, key, by=MANAGER, now=DUE)
    assert pieces_of(sent)[0].state is PieceState.SPOILED
    done = reprints.reprint(sent, key, by=MANAGER, now=DUE)
    assert (done.file, done.pieces) == (f"{key}/{key}-r1.pdf", 1)
    assert (sent.settings.outbox / key / f"{key}-r1.pdf").exists()


@pytest.mark.thorough
def test_what_the_shop_and_we_print_again_is_doubled_and_named_until_one_is_spoiled(
    sent: Installation,
) -> None:
    from campaigns.post import discrepancies

    key = received_and_signed(sent)
    piece, total = pieces_of(sent)[0].piece_id, len(pieces_of(sent))
    says(
        sent,
        f"printed,{key},,{piece},spoiled,,,,\nprinted,{key},{key}-001.pdf,,,{total - 1},,,\n",
        "spoiled.csv",
    )
    reprints.reprint(sent, key, by=MANAGER, now=DUE)
    says(sent, f"posted,{key},{key}-001.pdf,,,{total},,PO-1,2023-06-05\n", "posted.csv")
    says(sent, f"printed,{key},{key}-001.pdf,{piece},reprinted,,,,\n", "by-itself.csv")
    (found,) = discrepancies.differences(sent)
    assert (found.kind, found.detail["pieces"], found.stops) == ("doubled", [piece], True)
    says(sent, f"printed,{key},{key}-r1.pdf,{piece},spoiled,,,,\n", "stopped.csv")
    assert discrepancies.differences(sent) == []
    rows = f"printed,{key},{key}-r1.pdf,,,0,,,\nposted,{key},{key}-r1.pdf,,,0,,PO-2,2023-06-05\n"
    says(sent, rows, "rest.csv")
    assert discrepancies.differences(sent) == []
    assert {row.state for row in pieces_of(sent)} == {PieceState.POSTED}


@pytest.mark.thorough
def test_a_missing_piece_is_printed_again_only_when_it_is_named(sent: Installation) -> None:
    key = received_and_signed(sent)
    piece, other = pieces_of(sent)[:2]
    says(sent, f"printed,{key},,{piece.piece_id},missing,,,,\n", "missing.csv")
    assert reprints.reprint(sent, key, by=MANAGER, now=DUE).pieces == 0
    with pytest.raises(BadInput, match="neither spoiled nor missing"):
        reprints.reprint(sent, key, named=[other.piece_id], by=MANAGER, now=DUE)
    assert reprints.reprint(sent, key, named=[piece.piece_id], by=MANAGER, now=DUE).pieces == 1


def test_a_file_of_pieces_is_refused_at_the_line_that_is_none(tmp_path: Path) -> None:
    file = tmp_path / "pieces.txt"
    file.write_text("\n123456789012\n")
    with pytest.raises(BadInput, match="line 2: '123456789012' is not a piece id"):
        reprint_files.read_pieces(file)


def test_a_difference_holds_the_next_wave_until_somebody_accepts_it(sent: Installation) -> None:
    from campaigns.post import discrepancies

    key = received_and_signed(sent)
    says(sent, f"printed,{key},,{pieces_of(sent)[0].piece_id},doubled,,,,\n", "doubled.csv")
    later = parse_moment("2023-06-19")
    assert deliver(sent, now=later).handed_over == 0
    (found,) = discrepancies.differences(sent)
    discrepancies.accept(
        sent, key, found.id, by=COLLEAGUE, why="the second was shredded, seen on camera", now=later
    )
    assert deliver(sent, now=later).handed_over > 0


def test_within_the_tolerance_the_next_wave_goes(sent: Installation) -> None:
    installation = replace(
        sent, shop=Shop.model_validate({"name": "Drukkerij", "tolerance": {"pieces": 1}})
    )
    key = received_and_signed(installation)
    first, second = pieces_of(installation)[:2]
    says(installation, f"printed,{key},,{first.piece_id},missing,,,,\n", "one.csv")
    later = parse_moment("2023-06-19")
    assert deliver(installation, now=later).handed_over > 0
    says(installation, f"printed,{key},,{second.piece_id},missing,,,,\n", "two.csv", later)
    from campaigns.post import discrepancies

    assert [found.stops for found in discrepancies.differences(installation)] == [True, True]


def test_an_incident_freezes_asks_all_back_and_lists_exactly_who_has_the_card(
    sent: Installation,
) -> None:
    key, later = received_and_signed(sent), parse_moment("2023-06-19")
    total = len(pieces_of(sent))
    number = open_incident(
        sent, key, what="the wrong number on it", brief="Say sorry.", by=COLLEAGUE, now=DUE
    )
    assert {holder.person_ref for holder in holders(sent, number)} == {
        piece.person_ref for piece in pieces_of(sent)
    }
    assert deliver(sent, now=later).claimed == 0
    assert len(pull_lists.pulls(sent, key=key)) == total
    with pytest.raises(BadInput, match="has an open incident"):
        open_incident(sent, "cards", what="again", brief="", by=COLLEAGUE, now=DUE)
    with pytest.raises(BadInput, match="holds cards"):
        reprints.reprint(sent, key, by=MANAGER, now=DUE)
    close(sent, number, why="all were pulled", by=COLLEAGUE, now=later)
    assert deliver(sent, now=later).handed_over > 0


def test_a_seed_that_arrived_proves_the_posting_and_silence_is_reported(
    installation: Installation,
) -> None:
    from tests.inbound.printed import at_the_shop

    run = at_the_shop(installation, 4, seeds=2)
    run.says(run.receipts(), name="receipt.csv")
    proof_signing.sign(installation, run.key, by=deciding("bea"), now=installation.now())
    rows = "printed,{key},{file},,,4,,,,,,,\nposted,{key},,,,4,,,PO-1,2023-06-01,,,\n"
    run.says(rows, name="posted.csv")
    friday, monday = parse_moment("2023-06-02"), parse_moment("2023-06-05")
    assert seed_arrivals.mail_times(installation, now=friday)[0].silent == ()
    assert seed_arrivals.mail_times(installation, now=monday)[0].silent == (run.key,)
    for piece, day in ((run.pieces[2], friday), (run.pieces[3], monday)):
        seed_arrivals.arrived(installation, piece, on=day.date(), by=deciding("anja"), now=monday)
    (found,) = seed_arrivals.mail_times(installation, now=monday)
    assert (found.seeds, found.arrived, found.median_days, found.latest_days, found.silent) == (
        2,
        2,
        2.5,
        4,
        (),
    )
    with pytest.raises(BadInput, match="arrived already"):
        seed_arrivals.arrived(
            installation, run.pieces[2], on=friday.date(), by=deciding("anja"), now=monday
        )
    with pytest.raises(BadInput, match="not a known seed piece"):
        seed_arrivals.arrived(
            installation, run.pieces[0], on=friday.date(), by=deciding("anja"), now=monday
        )


def test_a_seed_address_is_listed_once_and_can_be_stopped(installation: Installation) -> None:
    address = PostalAddress.parse(
        street="Dorpsstraat", house_number="12a", postcode="1234 AB", town="Ons Dorp"
    )
    number = seed_addresses.add(
        installation, "Anja  Vos", address, by=MANAGER, now=installation.now()
    )
    with pytest.raises(BadInput, match="stands on the list already"):
        seed_addresses.add(installation, "Anja Vos", address, by=MANAGER, now=installation.now())
    seed_addresses.stop(installation, number, by=MANAGER, now=installation.now())
    assert [(line.addressee, line.active) for line in seed_addresses.seeds(installation)] == [
        ("Anja Vos", False)
    ]
    with pytest.raises(BadInput, match="not an active seed address"):
        seed_addresses.stop(installation, number, by=MANAGER, now=installation.now())


@pytest.mark.thorough
def test_a_reprint_that_broke_off_gets_its_name_from_whoever_comes_next(sent: Installation) -> None:
    key = received_and_signed(sent)
    says(sent, f"printed,{key},,{pieces_of(sent)[0].piece_id},spoiled,,,,\n", "spoiled.csv")
    done = reprints.reprint(sent, key, by=MANAGER, now=DUE)
    final, draft = (
        sent.settings.outbox / str(done.file),
        sent.settings.outbox / ".again" / f"{key}-r1.pdf",
    )
    final.rename(draft)  # as if the power had gone before the renaming
    final.with_suffix(".csv").rename(draft.with_suffix(".csv"))
    reprints.reprint(sent, key, by=MANAGER, now=DUE)
    assert final.exists()
    assert final.with_suffix(".csv").exists()
