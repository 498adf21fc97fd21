"""A simulated provider for tests: the real command in a process of its own, started when first asked for."""

import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from hashlib import md5
from pathlib import Path
from typing import Any

import requests

TOKEN = "a token for tests only"
SENDER = "+31612340000"
START = [
    sys.executable,
    "-c",
    "from console.main import run; run()",
    "simulate",
    "sms",
    "--port",
    "0",
]


RUNNING: "list[Provider]" = []
"""Every provider that was started and not stopped yet; `stop_all` ends them with the tests."""


class Provider:
    """One simulated provider, with its own faults."""

    def __init__(self, *options: str, faults: Path | None = None) -> None:
        given = [*options, *(["--faults", str(faults)] if faults else [])]
        self.process = subprocess.Popen([*START, *given], stderr=subprocess.PIPE, text=True)
        RUNNING.append(self)
        assert self.process.stderr is not None
        said = self.process.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", said)
        assert found, said + self.process.stderr.read()
        self.url = found[0]

    def stop(self) -> None:
        if self in RUNNING:
            RUNNING.remove(self)
        self.process.kill()
        self.process.communicate()

    def texts(self, account: str = "") -> list[dict[str, Any]]:
        document = requests.get(
            f"{self.url}/simulator/texts", params={"account": account}, timeout=30
        ).json()
        taken: list[dict[str, Any]] = document["texts"]
        return taken


@dataclass(frozen=True)
class Customer:
    """One account at a provider that other tests use too."""

    provider: Provider
    account: str

    def texts(self) -> list[dict[str, Any]]:
        return self.provider.texts(self.account)


def stop_all() -> None:
    """End every provider that still runs."""
    for provider in [*RUNNING]:
        provider.stop()


@cache
def flawless() -> Provider:
    """A provider that does everything right, for all tests of one process."""
    return Provider()


def account_for(folder: Path) -> str:
    """An account of its own for each outbox, so that tests do not see each other's texts."""
    return f"AC{md5(str(folder).encode(), usedforsecurity=False).hexdigest()}"


def accounts(provider: Provider, folder: Path, **more: str) -> dict[str, str]:
    return {
        "twilio_account_sid": account_for(folder),
        "twilio_auth_token": TOKEN,
        "twilio_url": provider.url,
        "sms_from": SENDER,
        "sms_rate": "100000",
        "sms_at_once": "4",
        "sms_timeout": "5",
        "sms_patience": "0.5",
        **more,
    }


def reply(provider: Provider, number: str, body: str, account: str) -> None:
    """Let whoever has a number answer the last text that this account sent there."""
    form = {"To": number, "Body": body, "Token": TOKEN, "Account": account}
    requests.post(f"{provider.url}/simulator/reply", data=form, timeout=30).raise_for_status()


def text_to(accounts: dict[str, str], number: str) -> str:
    """Send a text that Kaartje knows nothing of, from the same account, and return its reference."""
    account = accounts["twilio_account_sid"]
    made = requests.post(
        f"{accounts['twilio_url']}/2010-04-01/Accounts/{account}/Messages.json",
        data={"To": number, "From": SENDER, "Body": "Hallo!"},
        auth=(account, TOKEN),
        timeout=30,
    )
    return str(made.json()["sid"])
