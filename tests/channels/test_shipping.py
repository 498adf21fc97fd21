"""A print run on its way to a shop over SFTP: it arrives whole, once, and only where it should."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pyrage
import pytest

from channels.port import Unavailable
from channels.run_shipping import Held, NotAsMade, NotOurs, Shipment
from channels.shops import read_shop
from store.errors import BadInput
from tests.channels.shop_server import ShopServer, key, serving

RUN = "cards-w1-000007"
SIZES = {"a-001.pdf": 700_000, "a-002.pdf": 300_001, "manifest.csv": 90, "run.json": 5}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ShopServer]:
    with serving(tmp_path / "shop") as server:
        yield server


@pytest.fixture
def shipment(tmp_path: Path, server: ShopServer) -> Shipment:
    return made(tmp_path, server)


def made(folder: Path, server: ShopServer, **more: str) -> Shipment:
    run = folder / "outbox" / RUN
    run.mkdir(parents=True)
    draws = Random(7)
    for name, size in SIZES.items():
        (run / name).write_bytes(draws.randbytes(size))
    sums = {name: hashlib.sha256((run / name).read_bytes()).hexdigest() for name in SIZES}
    return Shipment(
        shop=read_shop(server.describe(folder, **more)),
        outbox=run.parent,
        run=RUN,
        sums=sums,
        beside={},
    )


def sums_in(control: bytes) -> dict[str, str]:
    lines = [line.split("  ") for line in control.decode().splitlines()]
    return {name: total for total, name in lines}


def assert_it_stands_there(shipment: Shipment, server: ShopServer) -> None:
    there = server.files()
    control = sums_in(there.pop(f"{RUN}.ready"))
    assert there == {f"{RUN}/{name}": (shipment.outbox / RUN / name).read_bytes() for name in SIZES}
    assert control == {f"{RUN}/{name}": total for name, total in shipment.sums.items()}


def test_a_run_stands_there_whole_with_its_control_file_last_and_the_manifest_before_it(
    shipment: Shipment, server: ShopServer
) -> None:
    progress: list[tuple[str, int, int]] = []
    replace(shipment, watch=lambda *event: progress.append(event)).ship()
    assert_it_stands_there(shipment, server)
    assert server.faults.renamed == [
        "a-001.pdf",
        "a-002.pdf",
        "run.json",
        "manifest.csv",
        f"{RUN}.ready",
    ]
    assert {phase for phase, _, _ in progress} == {"transfer"}
    assert len(progress) > 5


def test_shipped_again_nothing_moves_and_nothing_is_renamed(
    shipment: Shipment, server: ShopServer
) -> None:
    shipment.ship()
    server.faults.renamed.clear()
    server.faults.written = 0
    shipment.ship()
    assert (server.faults.renamed, server.faults.written) == ([], 0)


@pytest.mark.everyday(1)
@pytest.mark.parametrize("broken_at", [[1], [262_144], [500_000], [300_000, 300_000, 300_000]])
def test_a_line_that_breaks_at_some_byte_goes_on_there(
    shipment: Shipment, server: ShopServer, broken_at: list[int]
) -> None:
    server.faults.breaks_after = broken_at
    shipment.ship()
    assert_it_stands_there(shipment, server)
    assert not server.faults.breaks_after


@pytest.mark.thorough
def test_a_line_that_keeps_breaking_is_given_up_and_taken_up_again_the_next_time(
    shipment: Shipment, server: ShopServer
) -> None:
    server.faults.breaks_after = [100_000] * 4
    with pytest.raises(Unavailable, match="breaks"):
        shipment.ship()
    assert f"{RUN}.ready" not in server.files()
    shipment.ship()
    assert_it_stands_there(shipment, server)


@pytest.mark.parametrize("half", [b"", b"not ours at all", b"x" * 900_000])
def test_half_a_file_of_somebody_else_is_never_trusted(
    shipment: Shipment, server: ShopServer, half: bytes
) -> None:
    folder = server.root / "in" / RUN
    folder.mkdir(parents=True)
    ours = (shipment.outbox / RUN / "a-001.pdf").read_bytes()
    (folder / "a-001.pdf.part").write_bytes(ours[:100_000] + half)
    shipment.ship()
    assert_it_stands_there(shipment, server)


@pytest.mark.parametrize("name", ["a-001.pdf", "manifest.csv"])
def test_another_file_of_our_name_stops_the_run_and_stays_as_it_is(
    shipment: Shipment, server: ShopServer, name: str
) -> None:
    folder = server.root / "in" / RUN
    folder.mkdir(parents=True)
    (folder / name).write_bytes(b"somebody's")
    with pytest.raises(NotOurs, match=rf"{name} stands at the print shop already"):
        shipment.ship()
    assert (folder / name).read_bytes() == b"somebody's"
    assert f"{RUN}.ready" not in server.files()


def test_a_full_disk_is_said_and_the_run_goes_when_there_is_room(
    shipment: Shipment, server: ShopServer
) -> None:
    server.faults.room = 400_000
    with pytest.raises(Unavailable, match=r"refuses to write .*a-001.pdf.*: its disk is full"):
        shipment.ship()
    assert f"{RUN}.ready" not in server.files()
    server.faults.room = None
    shipment.ship()
    assert_it_stands_there(shipment, server)


def test_a_server_that_never_answers_is_left_after_a_while(
    tmp_path: Path, server: ShopServer
) -> None:
    shipment = made(tmp_path, server)
    assert shipment.shop.sftp
    impatient = shipment.shop.sftp.model_copy(update={"timeout": 0.3})
    server.faults.hangs = True
    with pytest.raises(Unavailable, match="breaks"):
        replace(shipment, shop=shipment.shop.model_copy(update={"sftp": impatient})).ship()
    assert f"{RUN}.ready" not in server.files()


def test_another_host_key_than_the_file_says_sends_nothing(tmp_path: Path) -> None:
    with serving(tmp_path / "shop", host_key="somebody's") as server:
        with pytest.raises(Unavailable, match="another key than host_key"):
            made(tmp_path, server).ship()
        assert not (server.root / "in").exists()


def test_a_shop_that_does_not_know_our_key_gets_nothing(tmp_path: Path) -> None:
    with serving(tmp_path / "shop", lets_in="somebody's") as server:
        with pytest.raises(Unavailable, match="does not let kaartje in with our key"):
            made(tmp_path, server).ship()
        assert not (server.root / "in").exists()


def test_nobody_listening_is_unavailable(tmp_path: Path) -> None:
    with serving(tmp_path / "shop") as server:
        shipment = made(tmp_path, server)
    with pytest.raises(Unavailable, match="breaks"):
        shipment.ship()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "is not there; put our private key there"),
        (b"no key", "is not a private key that can be used"),
    ],
)
def test_a_key_of_ours_that_cannot_be_used_is_bad_input(
    shipment: Shipment, tmp_path: Path, content: bytes | None, said: str
) -> None:
    (tmp_path / "our-key").unlink()
    if content:
        (tmp_path / "our-key").write_bytes(content)
    with pytest.raises(BadInput, match=said) as refused:
        shipment.ship()
    assert refused.value.field == "sftp.key_file"


@pytest.mark.parametrize("change", ["gone", "changed"])
def test_a_run_that_is_not_as_it_was_made_is_not_sent(
    shipment: Shipment, server: ShopServer, change: str
) -> None:
    file = shipment.outbox / RUN / "a-002.pdf"
    file.unlink() if change == "gone" else file.write_bytes(b"other")
    with pytest.raises(
        NotAsMade, match=r"a-002\.pdf in the outbox is gone, or is not what was made"
    ):
        shipment.ship()
    assert not (server.root / "in").exists()


def test_a_run_that_the_shop_carried_off_before_we_could_write_it_down_is_not_sent_again(
    shipment: Shipment, server: ShopServer
) -> None:
    shipment.ship()
    for path in sorted((server.root / "in").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    assert shipment.ship().carried_off
    assert server.files() == {}


def test_a_control_file_whose_renaming_was_never_answered_is_found_and_not_doubled(
    shipment: Shipment, server: ShopServer
) -> None:
    server.faults.breaks_on_rename = [".pdf", ".ready"]
    shipment.ship()
    assert_it_stands_there(shipment, server)
    assert sorted(set(server.faults.renamed)) == sorted(server.faults.renamed)


def test_for_a_shop_with_a_key_everything_is_closed_and_its_sums_are_those_of_what_was_sent(
    tmp_path: Path, server: ShopServer
) -> None:
    identity = pyrage.x25519.Identity.generate()
    shipment = made(tmp_path, server, encryption=f'key = "{identity.to_public()}"\n')
    server.faults.breaks_after = [400_000]
    shipment.ship()
    there = server.files()
    control = sums_in(there.pop(f"{RUN}.ready"))
    assert {name: hashlib.sha256(content).hexdigest() for name, content in there.items()} == control
    assert {name: pyrage.decrypt(content, [identity]) for name, content in there.items()} == {
        f"{RUN}/{name}.age": (shipment.outbox / RUN / name).read_bytes() for name in SIZES
    }
    server.faults.renamed.clear()
    shipment.ship()
    assert server.faults.renamed == []


def test_an_ssh_key_closes_too_and_one_that_is_no_key_is_refused(
    tmp_path: Path, server: ShopServer
) -> None:
    closed = key("shop").export_public_key().decode().strip()
    assert read_shop(server.describe(tmp_path, encryption=f'key = "{closed}"\n')).encryption
    with pytest.raises(BadInput, match=r"line 13, encryption\.key: 'age1qqqq' is not a public key"):
        read_shop(server.describe(tmp_path, encryption='key = "age1qqqq"\n'))


@pytest.mark.thorough
def test_what_travels_beside_the_run_is_what_the_first_try_had(
    shipment: Shipment, server: ShopServer
) -> None:
    server.faults.breaks_after = [100_000] * 4
    with pytest.raises(Unavailable):
        replace(shipment, beside={"pull.csv": b"first"}).ship()
    replace(shipment, beside={"pull.csv": b"second"}).ship()
    assert server.files()[f"{RUN}/pull.csv"] == b"first"


def test_nothing_joins_a_run_that_the_shop_may_have_begun(
    shipment: Shipment, server: ShopServer
) -> None:
    shipment.ship()
    replace(shipment, beside={"pull.csv": b"later"}).ship()
    assert_it_stands_there(shipment, server)


def test_a_list_that_comes_later_is_sent_beside_the_control_files_and_once(
    shipment: Shipment, server: ShopServer
) -> None:
    shipment.ship()
    (shipment.outbox / RUN / "pull.csv").write_bytes(b"later")
    assert shipment.send_list("pull.csv")
    assert server.files()["pull.csv"] == b"later"
    server.faults.renamed.clear()
    assert not shipment.send_list("pull.csv")
    assert server.faults.renamed == []


@pytest.mark.thorough
def test_a_run_of_which_something_was_sent_is_taken_back_and_nothing_of_it_stays_there(
    shipment: Shipment, server: ShopServer
) -> None:
    assert shipment.take_back()
    server.faults.breaks_after = [800_000, 1, 1, 1]
    with pytest.raises(Unavailable):
        shipment.ship()
    assert server.files()
    assert shipment.take_back()
    assert server.files() == {}


def test_a_run_that_the_shop_may_have_begun_is_not_taken_back(
    shipment: Shipment, server: ShopServer
) -> None:
    shipment.ship()
    assert not shipment.take_back()
    assert_it_stands_there(shipment, server)
    (server.root / "in" / f"{RUN}.ready").unlink()
    assert not shipment.take_back()


def test_a_run_that_is_held_on_its_way_has_no_control_file_and_goes_when_it_may(
    shipment: Shipment, server: ShopServer
) -> None:
    with pytest.raises(Held):
        replace(shipment, may_leave=lambda: False).ship()
    assert f"{RUN}/manifest.csv" in server.files()
    assert f"{RUN}.ready" not in server.files()
    shipment.ship()
    assert_it_stands_there(shipment, server)
