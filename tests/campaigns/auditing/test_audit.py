"""The audit sees each breach of its invariants, in what the provider, the shop and the files say."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Update, insert, select, update

from campaigns.auditing.invariants import EXPLAINED, Invariant
from channels.sms.providers import Text
from store.states import (
    AttemptState,
    DeliveryState,
    PieceState,
    RunState,
    ShopAnswerKind,
    TouchState,
)
from store.tables import (
    Attempt,
    Delivery,
    PrintFile,
    PrintPiece,
    PrintRun,
    SeedArrival,
    ShopAnswer,
    Touch,
)
from tests.campaigns.auditing.conftest import Went
from tests.faults.small_campaign import DUE
from tests.house.reading import ROOT

STRANGER = "+31687654321"
HEADER = (
    "kind,run,file,piece_id,status,pieces,sha256,grams,carrier_order,date,by,reason,certificate\n"
)


def change(went: Went, *statements: Update) -> None:
    with went.installation.store.writing() as connection:
        for statement in statements:
            connection.execute(statement)


def one_of(went: Went, channel: str) -> int:
    with went.installation.store.reading() as connection:
        query = select(Touch.id).where(Touch.channel == channel).order_by(Touch.id)
        return connection.execute(query.limit(1)).scalar_one()


def text_from_nowhere(went: Went) -> None:
    went.provider.hand_over(Text(0, STRANGER, "Hallo!", ""))


def text_again(went: Went) -> None:
    first = next(iter(went.provider.texts.by_sid.values()))
    went.provider.hand_over(Text(0, first.to, first.body, ""))


def text_lost(went: Went) -> None:
    went.provider.texts.by_sid.pop(next(iter(went.provider.texts.by_sid)))


def text_failed(went: Went) -> None:
    change(went, update(Touch).where(Touch.channel == "sms").values(state=TouchState.DELIVERED))
    next(iter(went.provider.texts.by_sid.values())).status = "undelivered"


def text_dearer(went: Went) -> None:
    ours = Attempt.touch_id == one_of(went, "sms")
    change(went, update(Attempt).where(ours).values(cost=Attempt.cost + 1))


def run_forgotten(went: Went) -> None:
    shutil.copytree(went.run, went.run.with_name("cards-w1-000099"))


def file_removed(went: Went) -> None:
    (went.run / "run.xjdf").unlink()


def file_changed(went: Went) -> None:
    (pdf,) = went.run.glob("*.pdf")
    pdf.write_bytes(pdf.read_bytes().replace(b"%PDF", b"%PdF", 1))


def file_added(went: Went) -> None:
    (pdf,) = went.run.glob("*.pdf")
    shutil.copy(pdf, pdf.with_name(f"{went.run.name}-002.pdf"))


def manifest_shortened(went: Went) -> None:
    manifest = went.run / "manifest.csv"
    manifest.write_bytes(b"".join(manifest.read_bytes().splitlines(keepends=True)[:-1]))


def totals_changed(went: Went) -> None:
    totals = went.run / "run.json"
    totals.write_text(json.dumps({**json.loads(totals.read_text()), "pieces": 7}))


def piece_in_two_runs(went: Went) -> None:
    shutil.copytree(went.run, went.run.with_name("cards-w1-000099"))


def card_twice(went: Went) -> None:
    card = one_of(went, "card")
    change(went, update(PrintPiece).where(PrintPiece.record == 2).values(touch_id=card))
    change(went, update(PrintPiece).where(PrintPiece.record == 1).values(touch_id=card))


def card_without_piece(went: Went) -> None:
    change(went, update(PrintPiece).where(PrintPiece.record == 1).values(touch_id=None))


def calls_taken_back(went: Went) -> None:
    calls = Delivery.channel == "call"
    theirs = Attempt.delivery_id.in_(select(Delivery.id).where(calls))
    change(
        went,
        update(Delivery).where(calls).values(state=DeliveryState.TAKEN_BACK),
        update(Attempt).where(theirs).values(state=AttemptState.TAKEN_BACK),
    )


def calls_removed(went: Went) -> None:
    shutil.rmtree(went.outbox / ".calls")


def answer(went: Went, rows: str, kind: ShopAnswerKind) -> None:
    """Store an answer of the shop, as it is stored when it is taken."""
    with went.installation.store.writing() as connection:
        file = connection.execute(
            select(PrintFile.name, PrintFile.sha256, PrintFile.pieces).where(PrintFile.first > 0)
        ).one()
        words = {"run": went.run.name, "file": file.name, "sum": file.sha256, "n": file.pieces}
        connection.execute(
            insert(ShopAnswer).values(
                print_run_id=connection.execute(select(PrintRun.id)).scalar_one(),
                kind=kind,
                file="answer.csv",
                sha256=f"{len(rows):064}",
                content=HEADER + rows.format(**words),
                received_at=DUE,
                outcome={},
            )
        )


def shop_names_another_run(went: Went) -> None:
    row = "receipt,cards-w1-000099,{file},,,{n},{sum},,,,,,\n"
    answer(went, row, ShopAnswerKind.RECEIPT)


def shop_counts_other_pieces(went: Went) -> None:
    answer(went, "receipt,{run},{file},,,2,{sum},,,,,,\n", ShopAnswerKind.RECEIPT)


def shop_posts_too_many(went: Went) -> None:
    rows = "posted,{run},{file},,,{n},,,A-1,2023-06-06,,,\nposted,{run},{file},,,1,,,A-2,2023-06-06,,,\n"
    answer(went, rows, ShopAnswerKind.POSTED)


def seed_too_early(went: Went) -> None:
    with went.installation.store.writing() as connection:
        connection.execute(update(PrintRun).values(state=RunState.MADE))
        piece = connection.execute(select(PrintPiece.id).limit(1)).scalar_one()
        connection.execute(
            insert(SeedArrival).values(
                piece_id=piece,
                arrived_on=DUE.date(),
                note="",
                recorded_at=DUE,
                recorded_by="Anja",
            )
        )


BREACHES: dict[Invariant, Callable[[Went], None]] = {
    Invariant.TEXT_WITHOUT_TOUCH: text_from_nowhere,
    Invariant.TEXT_TWICE: text_again,
    Invariant.TEXT_NOT_AT_PROVIDER: text_lost,
    Invariant.TEXT_NOT_ARRIVED: text_failed,
    Invariant.TEXT_COST: text_dearer,
    Invariant.RUN_NOT_RECORDED: run_forgotten,
    Invariant.FILE_GONE: file_removed,
    Invariant.FILE_CHANGED: file_changed,
    Invariant.FILE_NOT_RECORDED: file_added,
    Invariant.PIECES_DIFFER: manifest_shortened,
    Invariant.TOTALS_DIFFER: totals_changed,
    Invariant.PIECE_TWICE: piece_in_two_runs,
    Invariant.CARD_TWICE: card_twice,
    Invariant.CARD_WITHOUT_PIECE: card_without_piece,
    Invariant.CALLS_NOT_RECORDED: calls_taken_back,
    Invariant.CALLS_GONE: calls_removed,
    Invariant.SHOP_HAS_UNKNOWN_RUN: shop_names_another_run,
    Invariant.SHOP_RECEIPT_DIFFERS: shop_counts_other_pieces,
    Invariant.SHOP_POSTED_MORE: shop_posts_too_many,
    Invariant.SEED_OF_UNSENT_RUN: seed_too_early,
}
ELSEWHERE = {Invariant.SHOP_HAS_OTHER_FILES}
"""Shown in `test_shop_audit`, at a real server."""


def test_every_invariant_is_explained_and_has_a_breach_that_is_seen() -> None:
    assert set(EXPLAINED) == set(Invariant) == BREACHES.keys() | ELSEWHERE


def test_the_document_of_the_audit_names_every_invariant() -> None:
    document = (ROOT / "docs" / "auditing-deliveries.md").read_text(encoding="utf-8")
    assert [each.value for each in Invariant if f"`{each}`" not in document] == []


def test_an_audit_after_a_good_pass_is_clean_and_counts_what_it_compared(went: Went) -> None:
    found = went.audit()
    assert found.is_clean
    assert not found.under_way
    assert found.compared == {"texts": 3, "runs": 1, "pieces": 3, "calls": 3, "shop_rows": 0}


@pytest.mark.parametrize("invariant", BREACHES)
def test_an_audit_sees_a_breach(went: Went, invariant: Invariant) -> None:
    BREACHES[invariant](went)
    assert invariant.value in went.breaches()


def test_what_is_still_asked_after_is_under_way_and_no_breach(went: Went) -> None:
    texts = Touch.channel == "sms"
    theirs = Attempt.touch_id.in_(select(Touch.id).where(texts))
    change(
        went,
        update(Touch).where(texts).values(state=TouchState.UNKNOWN),
        update(Attempt).where(theirs).values(state=AttemptState.UNKNOWN, provider_ref=None),
        update(Delivery).values(state=DeliveryState.OPEN),
    )
    found = went.audit()
    assert found.is_clean
    assert len(found.under_way) == 5  # three texts, a print run, a list of calls


def test_a_trial_text_to_a_number_of_our_own_is_no_stranger(went: Went) -> None:
    text_from_nowhere(went)
    listed = went.installation.settings.model_copy(update={"sms_test_numbers": f"desk={STRANGER}"})
    went.installation = replace(went.installation, settings=listed)
    assert went.breaches() == set()


def test_a_late_try_after_a_text_that_failed_is_not_a_double(went: Went) -> None:
    first = next(iter(went.provider.texts.by_sid.values()))
    again = went.provider.hand_over(Text(0, first.to, first.body, ""))
    first.status = "undelivered"
    touch = select(Attempt.touch_id).where(Attempt.provider_ref == first.sid).scalar_subquery()
    with went.installation.store.writing() as connection:
        connection.execute(
            insert(Attempt).values(
                touch_id=touch,
                delivery_id=select(Delivery.id).where(Delivery.channel == "sms").scalar_subquery(),
                number=2,
                state=AttemptState.RECEIPT,
                provider_ref=getattr(again, "ref", ""),
                written_at=DUE,
            )
        )
    assert went.breaches() == set()


def test_a_run_on_another_machine_is_seen_in_its_outbox_only(went: Went) -> None:
    other = went.outbox.parent / "other"
    shutil.copytree(went.run, other / "cards-w1-000099")
    assert went.breaches() == set()
    assert went.breaches(other) >= {"RUN_NOT_RECORDED", "PIECE_TWICE"}


def test_pieces_that_were_recalled_may_stand_beside_their_new_ones(went: Went) -> None:
    card_twice(went)
    change(
        went,
        update(PrintPiece).where(PrintPiece.record == 1).values(state=PieceState.RECALLED),
        update(Touch).where(Touch.channel == "card").values(state=TouchState.RECALLED),
    )
    assert went.breaches() == set()
