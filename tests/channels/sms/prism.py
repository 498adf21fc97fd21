"""Twilio's own description, served by Prism: a judge of our requests whom we did not write.

The description says nothing of refusals, so it gets Twilio's error form for each of the codes of Twilio's magic test
numbers; a header chooses among them. With real test credentials in the environment the tests talk to Twilio itself.
"""

import json
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import requests
from filelock import FileLock
from requests.adapters import HTTPAdapter

PRISM, DESCRIPTION = "@stoplight/prism-cli@5.14.2", "@twilio/cli-core@9.0.0"
SPEC = Path("node_modules/@twilio/cli-core/src/services/twilio-api/twilio_api_v2010.json")
ACCOUNT = "/2010-04-01/Accounts/{AccountSid}"
MESSAGES = f"{ACCOUNT}/Messages"
TELEPHONE = ("Calls", "Calls/{Sid}", "Queues/{QueueSid}/Members/{CallSid}", "Recordings/{Sid}")
SOON = 60.0

MAGIC_TO = {
    "+15005550001": (400, 21211),
    "+15005550002": (400, 21612),
    "+15005550003": (400, 21408),
    "+15005550004": (400, 21610),
    "+15005550009": (400, 21614),
}
"""Twilio's own test numbers, and what they are refused with."""
MAGIC_FROM = {
    "+15005550001": (400, 21212),
    "+15005550007": (400, 21606),
    "+15005550008": (400, 21611),
}
GOOD_FROM = "+15005550006"
OURS = {"+15005550101": (429, 20429), "+15005550102": (500, 20500), "+15005550103": (401, 20003)}
"""Numbers of our own for what no test number brings about; the real Twilio has none."""


def installed() -> Path:
    """Install Prism and the description into a cache of the machine's, once."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kaartje" / "prism-1"
    cache.mkdir(parents=True, exist_ok=True)
    with FileLock(cache / "installing.lock"):
        if not (cache / "installed").exists():
            npm = [
                str(shutil.which("npm")),
                "install",
                "--no-fund",
                "--no-audit",
                "--silent",
                PRISM,
                DESCRIPTION,
            ]
            subprocess.run(npm, cwd=cache, check=True, capture_output=True, timeout=600)
            (cache / "installed").touch()
    return cache


def described(cache: Path) -> dict[str, Any]:
    """Return what the description says of messages and of the telephone, with refusals in Twilio's form."""
    spec: dict[str, Any] = json.loads((cache / SPEC).read_text(encoding="utf-8"))
    kept = (
        f"{MESSAGES}.json",
        f"{MESSAGES}/{{Sid}}.json",
        *(f"{ACCOUNT}/{each}.json" for each in TELEPHONE),
    )
    spec["paths"] = {path: spec["paths"][path] for path in kept}
    answers = spec["paths"][f"{MESSAGES}.json"]["post"]["responses"]
    for status, code in sorted({*MAGIC_TO.values(), *MAGIC_FROM.values(), *OURS.values()}):
        problem = {
            "code": code,
            "message": "as it says",
            "status": status,
            "more_info": f"https://www.twilio.com/docs/errors/{code}",
        }
        answer = answers.setdefault(
            str(status), {"description": "refused", "content": {"application/json": {}}}
        )
        # a name that looks like a number would be sorted as one
        answer["content"]["application/json"].setdefault("examples", {})[f"e{code}"] = {
            "value": problem
        }
    return spec


class Prism:
    """A running Prism."""

    def __init__(self, folder: Path) -> None:
        cache = installed()
        file = folder / "messages.json"
        file.write_text(json.dumps(described(cache)))
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        command = [
            str(cache / "node_modules/.bin/prism"),
            "mock",
            "-h",
            "127.0.0.1",
            "-p",
            str(port),
            str(file),
        ]
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.url = f"http://127.0.0.1:{port}"
        ends = time.monotonic() + SOON
        while not self._answers():
            assert self.process.poll() is None
            assert time.monotonic() < ends
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/", timeout=5).status_code > 0
        except requests.exceptions.ConnectionError:
            return False

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


class Magic(HTTPAdapter):
    """Asks Prism for the refusal that Twilio's magic number would bring about."""

    def send(self, request: Any, *args: Any, **kwargs: Any) -> requests.Response:
        body = request.body.decode() if isinstance(request.body, bytes) else str(request.body or "")
        form = {name: values[0] for name, values in parse_qs(body).items()}
        found = (MAGIC_TO | OURS).get(form.get("To", "")) or MAGIC_FROM.get(form.get("From", ""))
        if found:
            request.headers["Prefer"] = f"code={found[0]}, example=e{found[1]}"
        return super().send(request, *args, **kwargs)
