"""Trying a print shop's file on a real server: what is missing is named with the line to write."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from channels.shop_check import TRIAL, Tried, check_shop
from channels.shops import Paper, read_shop
from tests.channels.shop_server import ShopServer, serving

PAPERS = {"contact-card": Paper("148x105", 4.7)}
ALL = frozenset({"folder", "read", "look", "rename"})


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ShopServer]:
    with serving(tmp_path / "shop") as server:
        (server.root / "in").mkdir()
        yield server


def tried(server: ShopServer, folder: Path, sftp: str = "", **more: str) -> dict[str, Tried]:
    found = check_shop(read_shop(server.describe(folder, sftp=sftp, **more)), PAPERS)
    return {str(each.what): each for each in found}


def problems(found: dict[str, Tried]) -> list[str]:
    return [each.problem for each in found.values() if each.problem]


def test_a_shop_with_every_comfort_is_good_and_nothing_of_the_trial_stays(
    tmp_path: Path, server: ShopServer
) -> None:
    (server.root / "in" / "answers").mkdir()
    found = tried(
        server,
        tmp_path,
        sftp='answers = "/in/answers"\n',
        prices='print."148x105" = 0.06\npostage = [{up_to = 20, sorted = 0.6, unsorted = 0.8}]\n',
    )
    assert problems(found) == []
    assert [str(what) for what, each in found.items() if each.note] == [
        "the job ticket says what a press plans from"
    ]
    assert server.files() == {}
    assert [path.name for path in (server.root / "in").iterdir()] == ["answers"]


@pytest.mark.parametrize(
    ("lacks", "remedies"),
    [
        ("folder", ["flat = true"]),
        ("look", ["drop_only = true", "flat = true"]),  # a folder is looked for before it is made
        ("rename", ["rename = false"]),
    ],
)
def test_a_right_that_is_missing_is_named_with_the_line_to_write(
    tmp_path: Path, server: ShopServer, lacks: str, remedies: list[str]
) -> None:
    server.faults.lacks = frozenset({lacks})
    for problem, remedy in zip(problems(tried(server, tmp_path)), remedies, strict=True):
        assert remedy in problem


def test_a_file_that_says_what_the_shop_lacks_is_good(tmp_path: Path, server: ShopServer) -> None:
    server.faults.lacks = ALL
    found = tried(server, tmp_path, sftp="flat = true\nrename = false\ndrop_only = true\n")
    assert problems(found) == []
    assert found["a file is renamed"].note == "it is not allowed, as the print shop's file says"
    assert not any(name.endswith(".ready") for name in server.files())


def test_where_nothing_can_be_read_a_run_arrives_and_it_is_said(
    tmp_path: Path, server: ShopServer
) -> None:
    server.faults.lacks = frozenset({"read"})
    found = tried(server, tmp_path)
    assert problems(found) == []
    assert "only sizes are compared there" in found["a file is read back"].note


def test_a_full_disk_ends_the_trial_with_its_reason(tmp_path: Path, server: ShopServer) -> None:
    server.faults.room = 0
    found = tried(server, tmp_path)
    assert f"refuses to write /in/{TRIAL}: its disk is full" in found["a file is written"].problem


def test_answers_that_are_not_there_are_missing(tmp_path: Path, server: ShopServer) -> None:
    found = tried(server, tmp_path, sftp='answers = "/in/answers"\n')
    (problem,) = problems(found)
    assert "/in/answers" in problem


def test_a_server_that_is_away_is_said_in_one_line(tmp_path: Path) -> None:
    with serving(tmp_path / "shop") as server:
        file = server.describe(tmp_path)
    (gone, *_) = check_shop(read_shop(file), PAPERS)
    assert "the connection to the print shop at 127.0.0.1 breaks" in gone.problem


def test_a_file_without_a_server_or_prices_says_what_follows(tmp_path: Path) -> None:
    file = tmp_path / "shop.toml"
    file.write_text('name = "De Linde"\n')
    notes = [each.note for each in check_shop(read_shop(file), PAPERS)]
    assert "the shop collects the runs" in notes[0]
    assert "the cost of post is not known" in notes[1]
    assert notes[2] == "write service and contact: they stand on it"


def test_what_is_printed_and_has_no_price_is_named(tmp_path: Path) -> None:
    file = tmp_path / "shop.toml"
    file.write_text(
        'name = "De Linde"\n[prices]\nprint."210x297" = 0.06\n'
        "postage = [{up_to = 20, sorted = 0.6, unsorted = 0.8}]\n"
    )
    notes = [each.note for each in check_shop(read_shop(file), PAPERS)]
    assert 'no price for contact-card: write print."148x105"' in notes[1]
