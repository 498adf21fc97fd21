"""Answers on a print shop's server: fetched, taken once, and put aside there only after that."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from channels.shops import read_shop
from inbound.post.answer_server import FOLDER, FetchedAnswers, fetch_answers, fetch_if_any
from installation.installation import Installation
from store.errors import BadInput
from store.states import RunState
from tests.channels.shop_server import ShopServer, serving
from tests.inbound.printed import HEADER, AtTheShop, at_the_shop

ANSWERS = 'answers = "/out"\n'


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ShopServer]:
    with serving(tmp_path / "shop") as server:
        (server.root / "out").mkdir()
        yield server


@pytest.fixture
def served(installation: Installation, tmp_path: Path, server: ShopServer) -> Installation:
    return replace(installation, shop=read_shop(server.describe(tmp_path, sftp=ANSWERS)))


def put(server: ShopServer, name: str, run: AtTheShop, rows: str) -> Path:
    file = server.root / "out" / name
    file.write_text(HEADER + rows.format(key=run.key, file=run.files[0], p1=run.pieces[0]))
    return file


def there(server: ShopServer) -> list[str]:
    folder = server.root / "out"
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def here(installation: Installation) -> list[str]:
    folder = installation.settings.outbox / FOLDER
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def hear(installation: Installation) -> FetchedAnswers:
    return fetch_answers(installation, now=installation.now())


def test_an_answer_is_taken_and_then_put_aside_on_the_server(
    served: Installation, server: ShopServer
) -> None:
    run = at_the_shop(served, 4)
    put(server, "receipt.csv", run, run.receipts())
    fetched = hear(served)
    assert ([each.taken for each in fetched.taken], fetched.open) == ([1], [])
    assert run.run().state is RunState.RECEIVED
    assert (there(server), here(served)) == (["taken/receipt.csv"], [])
    assert hear(served) == FetchedAnswers()


def test_an_answer_that_is_fetched_again_after_a_crash_says_nothing_new(
    served: Installation, server: ShopServer
) -> None:
    run = at_the_shop(served, 4)
    rows = "printed,{key},,{p1},spoiled,,,,,,,,torn\n"
    put(server, "a.csv", run, rows)
    assert [each.taken for each in hear(served).taken] == [1]
    before = (run.states(), run.differences())
    put(server, "a.csv", run, rows)  # as it is when the power fails before it is put aside
    (served.settings.outbox / FOLDER / "a.csv").write_bytes(
        (server.root / "out" / "a.csv").read_bytes()
    )
    (again,) = hear(served).taken
    assert (again.taken, again.unchanged) == (0, 1)
    assert (run.states(), run.differences()) == before
    assert there(server) == ["taken/a-2.csv", "taken/a.csv"]


def test_a_line_that_breaks_is_taken_up_again_in_the_same_pass(
    served: Installation, server: ShopServer
) -> None:
    run = at_the_shop(served, 4)
    put(server, "receipt.csv", run, run.receipts())
    server.faults.breaks_on_read = 1
    assert hear(served).open == []
    assert run.run().state is RunState.RECEIVED


@pytest.mark.thorough
def test_a_line_that_keeps_breaking_leaves_the_answers_for_the_next_pass(
    served: Installation, server: ShopServer
) -> None:
    run = at_the_shop(served, 4)
    put(server, "receipt.csv", run, run.receipts())
    server.faults.breaks_on_read = 1000
    fetched = hear(served)
    assert (fetched.taken, len(fetched.open)) == ([], 1)
    assert "the connection to the print shop at 127.0.0.1 breaks" in fetched.open[0]
    assert there(server) == ["receipt.csv"]
    server.faults.breaks_on_read = 0
    assert [each.taken for each in hear(served).taken] == [1]


@pytest.mark.thorough
def test_a_line_that_breaks_while_it_is_put_aside_moves_it_once(
    served: Installation, server: ShopServer
) -> None:
    run = at_the_shop(served, 4)
    put(server, "receipt.csv", run, run.receipts())
    server.faults.breaks_on_rename = ["receipt.csv"]
    assert hear(served).open == []
    assert there(server) == ["taken/receipt.csv"]


def test_a_server_that_shows_another_key_is_sent_nothing_and_believed_nothing(
    installation: Installation, tmp_path: Path, server: ShopServer
) -> None:
    run = at_the_shop(installation, 4)
    with serving(tmp_path / "other", host_key="stranger") as other:
        (other.root / "out").mkdir()
        put(other, "receipt.csv", run, run.receipts())
        fetched = hear(
            replace(installation, shop=read_shop(other.describe(tmp_path, sftp=ANSWERS)))
        )
        assert there(other) == ["receipt.csv"]
    assert fetched.taken == []
    assert "shows another key than host_key" in fetched.open[0]
    assert run.run().state is RunState.MADE


def test_what_is_still_growing_is_left_for_the_next_time(
    served: Installation, server: ShopServer
) -> None:
    run = at_the_shop(served, 4)
    put(server, "later.csv.part", run, run.receipts())
    put(server, "grows.csv", run, run.receipts())
    server.faults.grows = ["grows.csv"]
    fetched = hear(served)
    assert (fetched.taken, fetched.open) == (
        [],
        ["grows.csv stays on the server: it is still growing"],
    )
    assert (there(server), here(served)) == (["grows.csv", "later.csv.part"], [])
    put(server, "grows.csv", run, run.receipts())
    (server.root / "out" / "later.csv.part").rename(server.root / "out" / "later.csv")
    assert [(each.taken, each.unchanged) for each in hear(served).taken] == [(1, 0), (0, 1)]


def test_what_cannot_be_read_stays_on_the_server_and_holds_up_no_other(
    served: Installation, server: ShopServer
) -> None:
    run = at_the_shop(served, 4)
    (server.root / "out" / "a.json").write_text("{not json")
    put(server, "b.csv", run, run.receipts())
    fetched = hear(served)
    assert ([each.taken for each in fetched.taken], len(fetched.open)) == ([1], 1)
    assert "a.json" in fetched.open[0]
    assert there(server) == ["a.json", "taken/b.csv"]


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["back\\slash.csv", "bell\a.csv", "l" * 160 + ".csv"])
def test_a_name_that_is_none_of_ours_to_write_is_said_and_left(
    served: Installation, server: ShopServer, name: str
) -> None:
    run = at_the_shop(served, 4)
    put(server, name, run, run.receipts())
    put(server, "b.csv", run, run.receipts())
    fetched = hear(served)
    assert ([each.taken for each in fetched.taken], len(fetched.left)) == ([1], 1)
    assert "has a name that we do not write on our disk" in fetched.left[0]


def test_a_pass_counts_what_was_said_and_a_dry_house_fetches_nothing(
    served: Installation, server: ShopServer
) -> None:
    run = at_the_shop(served, 4)
    put(server, "receipt.csv", run, run.receipts() + "receipt,nothing,x,,,1,,,,,,,\n")
    dry = replace(served, settings=served.settings.model_copy(update={"dry": True}))
    assert fetch_if_any(dry, now=served.now()) == FetchedAnswers()
    assert there(server) == ["receipt.csv"]
    counts = fetch_if_any(served, now=served.now()).counts()
    assert counts == {"shop_answers": 1, "shop_rows_refused": 1, "shop_answers_left": 0}


def test_without_a_folder_of_answers_somebody_has_to_name_one(
    installation: Installation, tmp_path: Path, server: ShopServer
) -> None:
    silent = replace(installation, shop=read_shop(server.describe(tmp_path)))
    assert fetch_if_any(silent, now=installation.now()) == FetchedAnswers()
    with pytest.raises(BadInput, match="no folder of answers on a server; name DIR"):
        hear(silent)
