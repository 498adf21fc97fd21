"""The same hand-over at a real OpenSSH server, as most print shops run one."""

import getpass
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from channels.port import Unavailable
from channels.run_shipping import NotOurs, Shipment
from tests.channels.shop_server import Faults, ShopServer, key, public
from tests.channels.test_shipping import RUN, assert_it_stands_there, made

SSHD = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin")
CONFIG = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host-key
AuthorizedKeysFile {folder}/lets-in
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
Subsystem sftp internal-sftp
"""

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.skipif(
        SSHD is None, reason="there is no sshd here: apt-get install openssh-server"
    ),
]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ShopServer]:
    folder = tmp_path / "sshd"
    (folder / "root" / "in").mkdir(parents=True)
    key("theirs").write_private_key(str(folder / "host-key"))
    (folder / "host-key").chmod(0o600)
    (folder / "lets-in").write_text(public("ours"))
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "config").write_text(CONFIG.format(port=port, folder=folder))
    Path("/run/sshd").mkdir(exist_ok=True)
    process = subprocess.Popen(
        [str(SSHD), "-D", "-e", "-f", folder / "config"], stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    assert any("Server listening" in line for line in process.stderr)
    yield ShopServer(port, folder / "root", Faults())
    process.terminate()
    process.communicate()


@pytest.fixture
def shipment(tmp_path: Path, server: ShopServer) -> Shipment:
    shipment = made(tmp_path, server)
    return at(shipment, user=getpass.getuser(), folder=str(server.root / "in"))


def at(shipment: Shipment, **where: str) -> Shipment:
    assert shipment.shop.sftp
    shop = shipment.shop.model_copy(update={"sftp": shipment.shop.sftp.model_copy(update=where)})
    return Shipment(
        shop=shop,
        outbox=shipment.outbox,
        run=shipment.run,
        sums=shipment.sums,
        beside=shipment.beside,
    )


def test_a_run_stands_there_whole_and_again_changes_nothing(
    shipment: Shipment, server: ShopServer
) -> None:
    shipment.ship()
    assert_it_stands_there(shipment, server)
    shipment.ship()
    assert_it_stands_there(shipment, server)


def test_half_a_file_goes_on_where_it_is_ours_and_is_cut_off_where_it_is_not(
    shipment: Shipment, server: ShopServer
) -> None:
    folder = server.root / "in" / RUN
    folder.mkdir()
    ours = (shipment.outbox / RUN / "a-001.pdf").read_bytes()
    (folder / "a-001.pdf.part").write_bytes(ours[:300_000] + b"x" * 500_000)
    (folder / "a-002.pdf.part").write_bytes(b"not ours")
    shipment.ship()
    assert_it_stands_there(shipment, server)


def test_another_file_of_our_name_stays_as_it_is(shipment: Shipment, server: ShopServer) -> None:
    folder = server.root / "in" / RUN
    folder.mkdir()
    (folder / "a-001.pdf").write_bytes(b"somebody's")
    with pytest.raises(NotOurs):
        shipment.ship()
    assert (folder / "a-001.pdf").read_bytes() == b"somebody's"


def test_a_run_is_taken_back_before_the_shop_may_begin(
    shipment: Shipment, server: ShopServer
) -> None:
    held = Shipment(
        shop=shipment.shop,
        outbox=shipment.outbox,
        run=RUN,
        sums=shipment.sums,
        beside={},
        may_leave=lambda: False,
    )
    with pytest.raises(Unavailable):
        held.ship()
    assert server.files()
    assert held.take_back()
    assert server.files() == {}


def test_a_host_key_that_is_not_theirs_sends_nothing(
    shipment: Shipment, server: ShopServer
) -> None:
    with pytest.raises(Unavailable, match="another key than host_key"):
        at(shipment, host_key=public("somebody's")).ship()
    assert server.files() == {}
