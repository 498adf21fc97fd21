"""Signed delivery reports at the webhook, their rate, their latency and none lost.

python -m benchmarks.receipts [--quick] [--json]

An installation in a process of its own serves the console and applies what comes in, as `kaartje
serve` does. The peer is the same application with an event store that forgets every row. Reports
are signed beforehand and sent over loopback on kept-alive connections by a third process. *Half the
load* sends at half the rate that ours reached. *Killed* ends the installation while reports stream
in. Every report that was answered with 204 must be in its database.
"""

import argparse
import json
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from benchmarks.measuring import Verdict, report

if TYPE_CHECKING:
    from installation.installation import Installation

LINES = 16
LEAST_SHARE, MOST_MS = 0.4, 250.0
TOKEN, PUBLIC = "benchmark", "https://kaartje.example"  # nobody's
ME = [sys.executable, "-m", "benchmarks.receipts"]
FORM = "application/x-www-form-urlencoded"
Report = tuple[str, bytes, str]  # address, body, signature


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="fewer reports")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--serve", choices=["ours", "peer"], help=argparse.SUPPRESS)
    parser.add_argument(
        "--send", nargs=4, metavar=("URL", "FIRST", "COUNT", "RATE"), help=argparse.SUPPRESS
    )
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        return _serve(given.serve, given.home)
    if given.send:
        url, first, count, rate = given.send
        return _send(url, int(first), int(count), float(rate))
    with tempfile.TemporaryDirectory() as folder:
        verdicts = list(_verdicts(Path(folder), 3_000 if given.quick else 12_000))
    return report(verdicts, as_json=given.json)


def _verdicts(folder: Path, count: int) -> Iterator[Verdict]:
    with _served("peer", folder / "peer") as (url, _):
        _sent(url, 0, count // 5)
        peer = _sent(url, count, count)
    with _served("ours", folder / "ours") as (url, process):
        _sent(url, 0, count // 5)
        ours = _sent(url, count, count)
        half = _sent(url, 2 * count, count // 2, ours["rate"] / 2)
        kept, answered = _killed(url, process, folder / "ours", first=3 * count, count=count)
    share = ours["rate"] / peer["rate"]
    yield Verdict(
        name=f"{count:,} signed reports on {LINES} lines, against the same route storing nothing",
        ours=ours["rate"],
        peer=peer["rate"],
        ratio=share,
        goal=f"at least {LEAST_SHARE} x",
        holds=share >= LEAST_SHARE,
        unit="reports/s",
    )
    yield Verdict(
        name=f"the slowest hundredth waits, at {ours['rate'] / 2:,.0f} a second",
        ours=half["p99"],
        goal=f"under {MOST_MS:g} ms",
        holds=half["p99"] < MOST_MS,
        unit="ms",
    )
    yield Verdict(
        name=f"of {answered:,} reports answered before a kill, kept",
        ours=kept,
        peer=answered,
        ratio=kept / max(answered, 1),
        goal="all",
        holds=0 < answered <= kept,
        unit="reports",
    )


@contextmanager
def _served(which: str, home: Path) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    command = [*ME, "--serve", which, "--home", str(home)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None  # noqa: S101  Popen was asked for it
        found = re.search(r"http://\S+:\d+", process.stderr.readline())
        if found is None:
            raise RuntimeError("the server did not start")
        threading.Thread(target=process.stderr.read, daemon=True).start()
        yield found[0], process
        process.kill()


def _sent(url: str, first: int, count: int, rate: float = 0) -> dict[str, float]:
    sender = [*ME, "--send", url, str(first), str(count), str(rate)]
    done = subprocess.run(sender, stdout=subprocess.PIPE, text=True, check=True)
    answer: dict[str, float] = json.loads(done.stdout)
    if answer["taken"] != count:
        raise RuntimeError(f"only {answer['taken']:g} of {count} were taken")
    return answer


def _killed(
    url: str, process: "subprocess.Popen[str]", home: Path, *, first: int, count: int
) -> tuple[int, int]:
    """Kill the installation while reports stream in.

    Returns how many of the answered reports it kept, and how many were answered.
    """
    sender = subprocess.Popen(
        [*ME, "--send", url, str(first), str(count), "0"], stdout=subprocess.PIPE, text=True
    )
    time.sleep(1.5)
    process.send_signal(signal.SIGKILL)
    sent = json.loads(sender.communicate()[0])
    return _kept(home, sent["refs"]), len(sent["refs"])


def _kept(home: Path, refs: Sequence[str]) -> int:
    from sqlalchemy import select

    from store.tables import ProviderEvent

    installation = _open(home)
    with installation.store.reading() as connection:
        known = set(connection.execute(select(ProviderEvent.provider_ref)).scalars())
    return len(known.intersection(refs))


def _open(home: Path) -> "Installation":
    from installation.installation import open_installation
    from installation.settings import Settings

    settings = Settings(
        home=home,
        secret="a key of 32 signs for a benchmark",  # noqa: S106  nobody's
        public_url=PUBLIC,
        twilio_auth_token=TOKEN,
    )
    return open_installation(settings)


def _serve(which: str, home: Path) -> int:
    """Serve an installation as `kaartje serve` does, or the peer, which stores no events."""
    import uvicorn

    from console.cli.installation.serve import listen_on
    from console.web.app import make_app
    from inbound.event_worker import EventWorker
    from inbound.events import EventInbox, Row

    async def forget(self: EventInbox, row: Row) -> None:
        """Accept a row and store nothing."""

    if which == "peer":
        EventInbox.add = forget  # type: ignore[method-assign]  # the peer of this measurement
    installation = _open(home)
    listener = EventWorker(installation=installation)
    app = make_app(installation, on_event=listener.nudge)
    listening = listen_on("127.0.0.1", 0)
    sys.stderr.write(f"http://127.0.0.1:{listening.getsockname()[1]}\n")
    sys.stderr.flush()
    if which == "ours":
        listener.start()
    uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False)).run(
        sockets=[listening]
    )
    return 0


def _signed(first: int, count: int) -> list[Report]:
    from channels.sms.signatures import sign

    made = []
    for number in range(first, first + count):
        path = f"/sms/status?attempt=texts-w1-000001.{number}"
        fields = {
            "MessageSid": f"SM{number:032}",
            "MessageStatus": "delivered",
            "To": f"+316{number:08}",
            "From": "+31612340000",
            "AccountSid": "AC" + "1" * 32,
            "ApiVersion": "2010-04-01",
        }
        made.append((path, urlencode(fields).encode(), sign(TOKEN, f"{PUBLIC}{path}", fields)))
    return made


def _send(url: str, first: int, count: int, rate: float) -> int:
    """Send reports on several connections, at full speed or at a rate, and print the result."""
    reports = _signed(first, count)
    waits: list[float] = []
    refs: list[str] = []
    started = time.perf_counter() + 0.2

    def line(mine: int) -> None:
        connection = HTTPConnection(urlsplit(url).netloc, timeout=20)
        for number in range(mine, count, LINES):
            due = started + (number / rate if rate else 0)
            time.sleep(max(0.0, due - time.perf_counter()))
            begun = due if rate else time.perf_counter()  # whoever waits in line waits too
            path, body, signature = reports[number]
            try:
                connection.request(
                    "POST", path, body, {"content-type": FORM, "x-twilio-signature": signature}
                )
                answer = connection.getresponse()
                answer.read()
            except (OSError, HTTPException):
                return
            if answer.status == 204:
                waits.append(time.perf_counter() - begun)
                refs.append(f"SM{first + number:032}")

    lines = [threading.Thread(target=line, args=(number,)) for number in range(LINES)]
    for each in lines:
        each.start()
    for each in lines:
        each.join()
    seconds = time.perf_counter() - started
    slow = sorted(waits)[int(len(waits) * 0.99)] * 1000 if waits else 0.0
    print(
        json.dumps({"taken": len(waits), "rate": len(waits) / seconds, "p99": slow, "refs": refs})
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
