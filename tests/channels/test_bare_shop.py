"""A print shop whose server has none of the comforts: no folders, no reading, no renaming, no looking."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from channels.port import Unavailable
from channels.run_shipping import NotOurs, Shipment
from store.errors import BadInput
from tests.channels.shop_server import ShopServer, serving
from tests.channels.test_shipping import RUN, SIZES, assert_it_stands_there, made, sums_in

ALL = frozenset({"folder", "read", "look", "rename"})
BARE = "flat = true\nrename = false\ndrop_only = true\n"


def flat(shipment: Shipment) -> dict[str, bytes]:
    return {f"{RUN}-{name}": (shipment.outbox / RUN / name).read_bytes() for name in SIZES}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ShopServer]:
    with serving(tmp_path / "shop") as server:
        (server.root / "in").mkdir()
        yield server


def test_a_shop_with_none_of_the_comforts_gets_the_whole_run(
    tmp_path: Path, server: ShopServer
) -> None:
    shipment = made(tmp_path, server, sftp=BARE)
    server.faults.lacks = ALL
    shipment.ship()
    there = server.files()
    control = sums_in(there.pop(f"{RUN}.ready"))
    assert there == flat(shipment)
    assert control == {f"{RUN}-{name}": total for name, total in shipment.sums.items()}


def test_where_nothing_can_be_read_sizes_are_compared_and_the_second_try_goes_through(
    tmp_path: Path, server: ShopServer
) -> None:
    shipment = made(tmp_path, server)
    server.faults.lacks = frozenset({"read"})
    server.faults.breaks_after = [400_000]
    assert not shipment.ship().carried_off
    first = server.files()
    assert len(first) == len(SIZES) + 1
    assert not shipment.ship().carried_off
    assert server.files() == first


def test_where_files_are_only_dropped_a_try_that_broke_is_done_again_from_the_start(
    tmp_path: Path, server: ShopServer
) -> None:
    shipment = made(tmp_path, server, sftp="drop_only = true\n")
    server.faults.room = 800_000
    with pytest.raises(Unavailable, match="its disk is full"):
        shipment.ship()
    server.faults.room = None
    shipment.ship()
    assert_it_stands_there(shipment, server)


def test_a_file_of_another_size_stops_the_run_where_nothing_can_be_read(
    tmp_path: Path, server: ShopServer
) -> None:
    shipment = made(tmp_path, server)
    server.faults.lacks = frozenset({"read"})
    (server.root / "in" / RUN).mkdir()
    (server.root / "in" / RUN / "a-001.pdf").write_bytes(b"somebody's")
    with pytest.raises(NotOurs, match=r"a-001.pdf stands at the print shop already"):
        shipment.ship()


@pytest.mark.parametrize(
    ("lacks", "said"),
    [
        ("folder", rf"refuses to make the folder /in/{RUN}: .*flat = true"),
        ("look", r"does not let us see whether /in/.* is there: .*drop_only = true"),
        ("rename", r"refuses to rename /in/.*\.part: .*rename = false"),
    ],
)
def test_a_right_that_is_missing_is_named_with_its_file_and_what_to_write(
    tmp_path: Path, server: ShopServer, lacks: str, said: str
) -> None:
    shipment = made(tmp_path, server)
    server.faults.lacks = frozenset({lacks})
    with pytest.raises(Unavailable, match=said):
        shipment.ship()
    assert f"{RUN}.ready" not in server.files()


def test_without_renaming_a_broken_line_goes_on_where_it_broke(
    tmp_path: Path, server: ShopServer
) -> None:
    shipment = made(tmp_path, server, sftp="flat = true\nrename = false\n")
    server.faults.lacks = frozenset({"folder", "rename"})
    server.faults.breaks_after = [250_000, 100_000]
    shipment.ship()
    there = server.files()
    assert there.pop(f"{RUN}.ready")
    assert there == flat(shipment)


def test_a_run_at_a_shop_without_folders_is_taken_back_whole(
    tmp_path: Path, server: ShopServer
) -> None:
    shipment = made(tmp_path, server, sftp="flat = true\n")
    with pytest.raises(Unavailable, match="was held on its way"):
        replace(shipment, may_leave=lambda: False).ship()
    assert server.files()
    assert shipment.take_back()
    assert server.files() == {}


def test_a_shop_that_only_takes_files_cannot_give_answers_there(
    tmp_path: Path, server: ShopServer
) -> None:
    with pytest.raises(BadInput, match="leave answers out"):
        made(tmp_path, server, sftp='drop_only = true\nanswers = "/out"\n')
