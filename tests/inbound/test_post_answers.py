"""What the print shop says back, and what follows from it, piece by piece."""

import json
import uuid
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from campaigns.post import discrepancies, proof_signing, pull_lists
from installation.installation import Installation
from store.errors import BadInput
from store.states import RunState, TouchState
from store.tables import Posting, PrintPiece, ShopAnswer, Touch, TouchEvent
from tests.deciding import deciding
from tests.examples import examples
from tests.inbound.printed import AtTheShop, at_the_shop

BEA = deciding("bea")


def signed(run: AtTheShop) -> AtTheShop:
    run.says(run.receipts(), name="receipt.csv")
    proof_signing.sign(run.installation, run.key, by=BEA, now=run.installation.now())
    return run


def test_a_run_comes_home_and_closes_when_every_piece_is_accounted_for(
    installation: Installation,
) -> None:
    run = at_the_shop(installation, 10, files=2)
    assert run.says(run.receipts(), name="receipt.csv").taken == 2
    assert run.run().state is RunState.RECEIVED
    proof_signing.sign(installation, run.key, by=BEA, now=installation.now())
    run.says(
        "printed,{key},{file1},,,5,,,,,,,\nprinted,{key},{file2},,,5,,,,,,,\n", name="printed.csv"
    )
    assert (run.run().state, run.touches()) == (RunState.PRINTED, {"printed": 10})
    report = run.says("posted,{key},,,,10,,40,PO-1,2023-06-01,,,\n", name="posted.csv")
    assert report.closed == (run.key,)
    assert (run.run().state, run.states(), run.touches()) == (
        RunState.CLOSED,
        {"posted": 10},
        {"posted": 10},
    )
    assert run.differences(everything=True) == []


def test_the_history_of_a_touch_tells_every_step_of_its_piece(installation: Installation) -> None:
    run = signed(at_the_shop(installation, 1))
    run.says("printed,{key},{file},,,1,,,,,,,\n", name="printed.csv")
    run.says("posted,{key},,,,1,,,PO-1,2023-06-01,,,\n", name="posted.csv")
    with installation.store.reading() as connection:
        reported = (
            connection.execute(select(TouchEvent.to_state).order_by(TouchEvent.id)).scalars().all()
        )
    assert reported == [TouchState.HANDED_OVER, TouchState.PRINTED, TouchState.POSTED]


def test_the_same_answer_twice_changes_nothing(installation: Installation) -> None:
    run = signed(at_the_shop(installation, 4))
    rows = "printed,{key},{file},,,3,,,,,,,\nprinted,{key},,{p2},spoiled,,,,,,,,smudged\n"
    run.says(rows, name="printed.csv")
    before = (run.states(), run.touches(), run.differences(everything=True))
    again = run.says(rows, name="printed-again.csv")
    assert (again.taken, again.unchanged) == (0, 2)
    other = run.says(rows.replace("\n", "\r\n"), name="other-line-ends.csv")
    assert (other.taken, other.unchanged) == (0, 2)
    assert (
        (run.states(), run.touches(), run.differences(everything=True))
        == before
        == (
            {"printed": 3, "spoiled": 1},
            {"printed": 3, "handed_over": 1},
            [],
        )
    )


def test_json_says_the_same_as_csv_and_knows_its_lines(installation: Installation) -> None:
    run = signed(at_the_shop(installation, 4))
    rows = [
        {"file": run.files[0], "pieces": 3},
        {"piece_id": run.pieces[1], "status": "spoiled"},
        {"pieces": "many"},
    ]
    text = '{"run": "%s", "kind": "printed", "rows": [\n%s\n]}' % (  # noqa: UP031  braces
        run.key,
        ",\n".join(map(json.dumps, rows)),
    )
    report = run.says(
        "", name="printed.json", header=text.replace("{", "{{").replace("}", "}}").format()
    )
    assert (report.taken, report.refused, run.states()) == (2, 1, {"printed": 3, "spoiled": 1})
    assert (report.refusals[0].line, "pieces" in report.refusals[0].problem) == (4, True)


def test_a_checksum_that_differs_is_no_receipt_and_a_later_good_one_explains_it(
    installation: Installation,
) -> None:
    run = at_the_shop(installation, 4)
    run.says(f"receipt,{{key}},{{file}},,,4,{'f' * 64},,,,,,\n", name="bad.csv")
    assert (run.run().state, run.differences()) == (RunState.MADE, [("checksum", 4, True)])
    with pytest.raises(BadInput, match="has not said yet"):
        proof_signing.sign(installation, run.key, by=BEA, now=installation.now())
    run.says(run.receipts(), name="good.csv")
    assert (run.run().state, run.differences()) == (RunState.RECEIVED, [])


def test_a_rejected_file_stops_the_campaign_until_it_is_received(
    installation: Installation,
) -> None:
    run = at_the_shop(installation, 4)
    run.says("receipt,{key},{file},,rejected,,,,,,,,broken off\n", name="rejected.csv")
    assert run.differences() == [("rejected", 4, True)]


def test_who_submitted_the_campaign_does_not_sign_its_press_proof(
    installation: Installation,
) -> None:
    run = at_the_shop(installation, 2)
    run.says(run.receipts(), name="receipt.csv")
    with pytest.raises(BadInput, match="submitted"):
        proof_signing.sign(installation, run.key, by=deciding("Ann"), now=installation.now())
    report = run.says("proof,{key},,,,,,,,2023-06-01,ann,,\n", name="proof.csv")
    assert (report.refused, run.run().proofed_at) == (1, None)


def test_the_shops_word_that_somebody_of_ours_signed_releases_the_run(
    installation: Installation,
) -> None:
    run = at_the_shop(installation, 2)
    run.says(run.receipts(), name="receipt.csv")
    run.says("proof,{key},,,,,,,,2023-06-01,bea,,\n", name="proof.csv")
    assert (run.run().state, run.run().proofed_by) == (RunState.PROOFED, "bea")
    release = json.loads(
        (installation.settings.outbox / run.key / f"{run.key}.release.json").read_text()
    )
    assert [file["name"] for file in release["files"]] == list(run.files)


def test_what_was_printed_before_anybody_signed_stops_the_campaign(
    installation: Installation,
) -> None:
    run = at_the_shop(installation, 2)
    run.says(run.receipts(), name="receipt.csv")
    run.says("printed,{key},{file},,,2,,,,,,,\n", name="printed.csv")
    assert (run.states(), run.differences()) == ({"printed": 2}, [("unsigned", 0, True)])
    proof_signing.sign(installation, run.key, by=BEA, now=installation.now())
    assert run.differences() == []


@pytest.mark.thorough
def test_answers_in_any_order_come_to_the_same(installation: Installation) -> None:
    answers = {
        "printed.csv": "printed,{key},{file},,,9,,,,,,,\n",
        "spoiled.csv": "printed,{key},,{p3},spoiled,,,,,,,,torn\n",
        "reprinted.csv": "printed,{key},,{p3},reprinted,,,,,,,,\nprinted,{key},{file},,,10,,,,2023-06-01,,,\n",
        "posted.csv": "posted,{key},{file},,,9,,,PO-1,2023-06-01,,,\n",
        "returned.csv": "returned,{key},,{p5},,,,,,2023-06-01,,,moved\n",
        "pulled.csv": "pulled,{key},,{p7},pulled,,,,,,,,\n",
    }
    orders = list(permutations(answers))
    for number, order in enumerate(orders[5 :: len(orders) // 6]):
        run = signed(at_the_shop(installation, 10, name=f"c{number}"))
        with installation.store.writing() as connection:
            pull_lists.want(
                connection,
                PrintPiece.piece_id == run.pieces[6],
                "OBJECTION",
                now=installation.now(),
            )
        pull_lists.make_lists(installation, now=installation.now())
        for name in order:
            run.says(answers[name], name=f"{number}-{name}")
        assert run.states() == {"posted": 8, "returned": 1, "recalled": 1}, order
        assert run.touches() == {"posted": 8, "returned": 1, "recalled": 1}, order
        assert (run.differences(), run.run().state) == ([], RunState.CLOSED), order


def test_posting_a_file_waits_for_the_word_that_it_was_printed(installation: Installation) -> None:
    run = signed(at_the_shop(installation, 3))
    report = run.says("posted,{key},,,,3,,,PO-1,2023-06-01,,,\n", name="posted.csv")
    assert (report.counts["waiting"], run.states()) == (1, {"handed_over": 3})
    run.says("printed,{key},{file},,,3,,,,,,,\n", name="printed.csv")
    assert (run.states(), run.run().state) == ({"posted": 3}, RunState.CLOSED)
    with installation.store.reading() as connection:
        posting = connection.execute(select(Posting.carrier_order, Posting.pieces)).one()
    assert tuple(posting) == ("PO-1", 3)


def test_missing_pieces_are_never_silently_taken_and_lost_once_a_person_accepts(
    installation: Installation,
) -> None:
    run = signed(at_the_shop(installation, 5))
    run.says(
        "printed,{key},{file},,,4,,,,,,,\nprinted,{key},,{p2},missing,,,,,,,,\n", name="printed.csv"
    )
    run.says("posted,{key},,,,4,,,PO-1,2023-06-01,,,\n", name="posted.csv")
    assert (run.differences(), run.run().state) == ([("missing", 1, True)], RunState.POSTED)
    (found,) = discrepancies.differences(installation, key=run.key)
    with pytest.raises(BadInput, match="--why"):
        discrepancies.accept(
            installation, run.key, found.id, by=BEA, why=" ", now=installation.now()
        )
    assert discrepancies.accept(
        installation,
        run.key,
        found.id,
        by=BEA,
        why="fell behind the machine",
        now=installation.now(),
    )
    assert (run.states(), run.touches()) == ({"posted": 4, "lost": 1}, {"posted": 4, "failed": 1})
    with pytest.raises(BadInput, match="was accepted by bea"):
        discrepancies.accept(
            installation, run.key, found.id, by=BEA, why="again", now=installation.now()
        )


def test_what_was_missing_and_is_found_explains_itself(installation: Installation) -> None:
    run = signed(at_the_shop(installation, 5))
    run.says(
        "printed,{key},{file},,,4,,,,,,,\nprinted,{key},,{p2},missing,,,,,,,,\n", name="printed.csv"
    )
    run.says(
        "printed,{key},,{p2},printed,,,,,,,,\nprinted,{key},{file},,,5,,,,,,,\n", name="found.csv"
    )
    assert (run.differences(), run.states()) == ([], {"printed": 5})


def test_doubled_pieces_always_stop(installation: Installation) -> None:
    run = signed(at_the_shop(installation, 5))
    run.says("printed,{key},,{p1},doubled,,,,,,,,\n", name="doubled.csv")
    run.says(
        "returned,{key},,{p2},,,,,,2023-06-01,,,\nreturned,{key},,{p2},,,,,,2023-06-01,,,\n",
        name="twice.csv",
    )
    assert run.differences() == [("doubled", 1, True), ("doubled", 1, True)]


def test_pieces_that_are_not_ours_are_differences_or_refused(installation: Installation) -> None:
    run = signed(at_the_shop(installation, 2))
    other = at_the_shop(installation, 2, name="other")
    rows = f"printed,{{key}},,{other.pieces[0]},spoiled,,,,,,,,\nprinted,{{key}},,123456789012,spoiled,,,,,,,,\n"
    report = run.says(rows, name="strange.csv")
    assert (run.differences(), report.refused) == ([("unknown", 1, True)], 1)
    assert report.refusals[0].problem.startswith("piece_id: '123456789012' is not a piece id")
    assert other.states() == {"made": 2}


def test_a_total_that_falls_short_is_a_difference_until_its_exceptions_come(
    installation: Installation,
) -> None:
    run = signed(at_the_shop(installation, 5))
    run.says("printed,{key},{file},,,3,,,,,,,\n", name="total.csv")
    assert run.differences() == [("count", 2, True)]
    run.says(
        "printed,{key},,{p1},spoiled,,,,,,,,\nprinted,{key},,{p2},spoiled,,,,,,,,\n",
        name="named.csv",
    )
    assert run.differences() == []


def test_a_total_that_is_too_high_means_that_pieces_were_printed_twice(
    installation: Installation,
) -> None:
    run = signed(at_the_shop(installation, 5))
    run.says("printed,{key},{file},,,6,,,,,,,\n", name="total.csv")
    assert run.differences() == [("doubled", 1, True)]


def test_a_weight_that_is_far_off_is_a_difference_that_stops_nothing(
    installation: Installation,
) -> None:
    run = signed(at_the_shop(installation, 5))
    run.says("printed,{key},{file},,,5,,,,,,,\n", name="printed.csv")
    run.says("posted,{key},,,,5,,15,PO-1,2023-06-01,,,\n", name="posted.csv")
    assert run.differences() == [("weight", 0, False)]


def test_what_comes_back_returns_its_touch_and_closes_the_address(
    installation: Installation,
) -> None:
    run = signed(at_the_shop(installation, 3, seeds=1))
    rows = "returned,,,{p1},,,,,,2023-06-01,,,moved\nreturned,,,{p3},,,,,,2023-06-01,,,\n"
    report = run.says(rows, name="returned.csv")
    assert (run.states(), run.touches()) == (
        {"handed_over": 1, "returned": 2},
        {"handed_over": 1, "returned": 1},
    )
    assert report.counts["closed_addresses"] == 1


def test_a_certificate_of_destruction_is_kept(installation: Installation) -> None:
    run = at_the_shop(installation, 2)
    run.says(
        "destroyed,{key},,,,12,,,,2023-06-01,Vernietigd BV,CERT-9,spoils and proofs\n",
        name="destroyed.csv",
    )
    with installation.store.reading() as connection:
        (outcome,) = connection.execute(select(ShopAnswer.outcome)).scalars()
    assert outcome["certificates"][0] | {} == {
        "certificate": "CERT-9",
        "pieces": 12,
        "by": "Vernietigd BV",
        "date": "2023-06-01",
        "what": "spoils and proofs",
    }


@pytest.mark.everyday(5)
@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("gone,{key},,,,,,,,,,,", "kind: 'gone' is not a kind of answer"),
        (",{key},,,,,,,,,,,", "kind: the kind is missing"),
        ("printed,{key},{file},,,,,,,,,,", "pieces: is empty; a printed answer needs it"),
        ("printed,{key},{file},,,-3,,,,,,,", "pieces: '-3' is not a number"),
        ("printed,{key},other.pdf,,,3,,,,,,,", "file: 'other.pdf' is not a file of pilot-w1"),
        ("printed,nobody,{file},,,3,,,,,,,", "run: 'nobody' is not of one of our print runs"),
        ("printed,{key},{file},,,3,,9,,,,,", "grams: does not belong to a printed answer"),
        ("printed,{key},,{p1},eaten,,,,,,,,", "status: 'eaten' is not a status"),
        ("printed,{key},{file},,spoiled,3,,,,,,,", "piece_id: the piece id is missing"),
        ("posted,{key},,,,3,,,PO-1,2199-01-01,,,", "date: 2199-01-01 is in the future"),
        ("posted,{key},,,,3,,,PO-1,1 june,,,", "date: '1 june' is not a date"),
        ("returned,,,{p1},,,,,,2023-06-01,,,eaten", "reason: 'eaten' is not a known reason"),
        ("pulled,,,{p1},,,,,,,,,", "status: the status is missing"),
        ("destroyed,{key},,,,,,,,2023-06-01,me,,", "certificate: is empty"),
    ],
)
def test_a_bad_row_is_refused_with_its_line_and_written_out_and_the_others_go_on(
    installation: Installation, row: str, said: str
) -> None:
    run = signed(at_the_shop(installation, 3))
    report = run.says(f"{row}\nprinted,{{key}},,{{p2}},spoiled,,,,,,,,\n", name="some.csv")
    assert (report.taken, report.refused) == (1, 1)
    assert report.refusals[0].problem.startswith(said)
    assert report.refusals[0].line == 2
    assert said[:20] in (installation.settings.home / "refused.csv").read_text()
    assert run.states() == {"handed_over": 2, "spoiled": 1}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.csv", "", "is empty"),
        ("a.csv", "kind,peices\n", "peices: is not a column of an answer; write pieces"),
        ("a.csv", "run,file\n", "there is no column kind"),
        ("a.csv", "kind,Kind\n", "kind: stands twice"),
        ("a.json", '{"kind": ', "is not JSON"),
        ("a.json", "[1, 2]", "is not a row of an answer"),
        ("a.json", '{"kind": "printed", "rows": [1]}', "is not a row of an answer"),
    ],
)
def test_a_file_that_is_no_answer_is_one_clear_line(
    installation: Installation, name: str, text: str, said: str
) -> None:
    run = at_the_shop(installation, 1)
    with pytest.raises(BadInput, match=said):
        run.says("", name=name, header=text.replace("{", "{{").replace("}", "}}").format() or "\n")


def test_a_row_from_a_later_day_is_taken_when_that_day_has_come(installation: Installation) -> None:
    run = signed(at_the_shop(installation, 1))
    rows = "returned,,,{p1},,,,,,2023-06-09,,,\n"
    assert run.says(rows, name="early.csv").refused == 1
    assert run.says(rows, name="late.csv", now=installation.now() + timedelta(days=10)).taken == 1


# not "found": that a lost piece turned up and that a printed one got lost are the same words; only their order tells
FATES = ("well", "reprinted", "spoiled", "missing", "doubled", "returned", "pulled")


def answers_about(fates: list[str]) -> list[str]:
    """Return a shop's answers about pieces with these fates, in the order in which they happen."""
    named = [(f"{{p{n}}}", fate) for n, fate in enumerate(fates, 1)]
    first = {"reprinted": "spoiled", "found": "missing", "spoiled": "spoiled", "missing": "missing"}
    wrong = "".join(
        f"printed,{{key}},,{piece},{first[fate]},,,,,,,,\n"
        for piece, fate in named
        if fate in first
    )
    gone = sum(fate in first for fate in fates)
    kept = len(fates) - sum(fate in {"spoiled", "missing", "pulled"} for fate in fates)
    reported = [f"printed,{{key}},{{file}},,,{len(fates) - gone},,,,,,,\n{wrong}"]
    for piece, fate in named:
        match fate:
            case "reprinted" | "doubled":
                reported.append(f"printed,{{key}},,{piece},{fate},,,,,,,,\n")
            case "found":
                reported.append(f"printed,{{key}},,{piece},printed,,,,,,,,\n")
            case "pulled":
                reported.append(f"pulled,{{key}},,{piece},pulled,,,,,,,,\n")
            case "returned":
                reported.append(f"returned,{{key}},,{piece},,,,,,2023-06-01,,,moved\n")
    return [*reported, f"posted,{{key}},{{file}},,,{kept},,,PO-1,2023-06-01,,,\n"]


def ledger_after(
    installation: Installation, name: str, fates: list[str], answers: list[str]
) -> tuple[object, ...]:
    run = signed(at_the_shop(installation, len(fates), name=name))
    asked = [piece for piece, fate in zip(run.pieces, fates, strict=True) if fate == "pulled"]
    with installation.store.writing() as connection:
        pull_lists.want(
            connection, PrintPiece.piece_id.in_(asked), "OBJECTION", now=installation.now()
        )
    pull_lists.make_lists(installation, now=installation.now())
    for number, answer in enumerate(answers):
        run.says(answer, name=f"{name}-{number}.csv")
    query = select(PrintPiece.record, PrintPiece.state, Touch.state).join(
        Touch, Touch.id == PrintPiece.touch_id
    )
    with installation.store.reading() as connection:
        mine = query.where(PrintPiece.print_run_id == run.run_id).order_by(PrintPiece.record)
        pieces = [tuple(row) for row in connection.execute(mine)]
        proofs = (
            connection.execute(select(Posting.pieces).where(Posting.print_run_id == run.run_id))
            .scalars()
            .all()
        )
    found = discrepancies.differences(installation, key=run.key)
    named = sorted(
        (each.kind, [run.pieces.index(piece) for piece in each.detail.get("pieces", [])])
        for each in found
    )
    # a word that comes after the run was closed does not open it again; what it says waits for a person all the same
    for each in found:
        discrepancies.accept(
            installation,
            run.key,
            each.id,
            by=deciding("Bilal"),
            why="asked the shop",
            now=installation.now(),
        )
    return pieces, list(proofs), named, run.run().state


@pytest.mark.thorough
@settings(
    max_examples=examples(8),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_any_order_and_any_repetition_of_a_runs_answers_lead_to_the_same_ledger(
    installation: Installation, data: st.DataObject
) -> None:
    fates = data.draw(st.lists(st.sampled_from(FATES), min_size=2, max_size=7), label="fates")
    answers = answers_about(fates)
    again = data.draw(st.lists(st.sampled_from(answers), max_size=4), label="told again")
    shuffled = data.draw(st.permutations(answers + again), label="order")
    example = uuid.uuid4().hex[:8]
    in_order = ledger_after(installation, f"a{example}", fates, answers)
    assert ledger_after(installation, f"b{example}", fates, shuffled) == in_order
