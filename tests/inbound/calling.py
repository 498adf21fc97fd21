"""A telephone provider for tests, which signs and posts requests and reads the answers."""

import warnings
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

from sqlalchemy import insert, select

from channels.sms.signatures import SIGNATURE, sign
from channels.voice.in_memory import Switchboard
from console.web.app import make_app
from desk.entries.agents import seen
from installation.installation import Installation
from store.clock import FixedClock
from store.tables import PhoneLine
from tests.inbound.posting import ACCOUNTS, PUBLIC, TOKEN

with warnings.catch_warnings():  # it would rather have another client, which we do not need
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient

LINE, MOBILE, OURS = "+318001234", "+31612345678", "+31612340000"
VOICE = {**ACCOUNTS, "voice_from": OURS}
_REFS = count(1)


def with_telephone(installation: Installation) -> tuple[Installation, Switchboard]:
    """Return the installation with an exchange in memory."""
    board = Switchboard()
    return replace(installation, exchange=board), board


def add_line(installation: Installation, number: str = LINE, name: str = "Lijn Dichtbij") -> int:
    with installation.store.writing() as connection:
        row = {"number": number, "name": name, "hours": "maandag tot en met vrijdag, 9 tot 17 uur"}
        connection.execute(insert(PhoneLine).values(row))
        return int(
            connection.execute(select(PhoneLine.id).where(PhoneLine.number == number)).scalar_one()
        )


def sign_in(installation: Installation, agent: str = "Balie", now: datetime | None = None) -> None:
    """Let an agent be present."""
    with installation.store.writing() as connection:
        seen(connection, agent, now or installation.now())


@dataclass(kw_only=True)
class Phone:
    """A citizen's telephone, with the reference of its call and the last steps."""

    installation: Installation
    board: Switchboard
    number: str = MOBILE
    dialled: str = LINE
    ref: str = ""
    twiml: ET.Element = field(default_factory=lambda: ET.Element("Response"))
    manned: bool = True  # somebody at the desk is signed in

    def __post_init__(self) -> None:
        self.ref = self.ref or f"CA{next(_REFS):032x}"
        self.client = TestClient(make_app(self.installation), raise_server_exceptions=False)

    def post(self, path: str, **fields: str) -> "Phone":
        """Post one question as the provider does, and read the answer."""
        if self.manned:
            sign_in(self.installation)
        form = {"CallSid": self.ref, "From": self.number, "To": self.dialled, **fields}
        signature = sign(TOKEN, f"{PUBLIC}/voice/{path}", form)
        answer = self.client.post(
            f"/voice/{path}",
            content=urlencode(form),
            headers={SIGNATURE: signature, "content-type": "application/x-www-form-urlencoded"},
        )
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].startswith("application/xml")
        self.twiml = ET.fromstring(answer.text)  # noqa: S314  our own answer
        return self

    def follow(self, **fields: str) -> "Phone":
        """Answer the last question, with a post to the address it names."""
        asked = next(each for each in self.twiml.iter() if each.get("action"))
        return self.post((asked.get("action") or "").removeprefix(f"{PUBLIC}/voice/"), **fields)

    def call(self) -> "Phone":
        return self.post("in", CallStatus="ringing")

    def wait(self) -> "Phone":
        """Join the queue without a code. The provider asks for the first time what is played."""
        self.call().follow(Digits="1").follow(Digits="")
        assert self.verbs == ["Say", "Enqueue"], self.said
        self.board.waiting.add(self.ref)
        return self.post("wait", QueueSid="QU1", QueuePosition="1")

    def later(self, moment: datetime) -> "Phone":
        """Return the same telephone at another moment."""
        installation = replace(self.installation, clock=FixedClock(moment))
        return replace(self, installation=installation, ref=self.ref, twiml=self.twiml)

    def hang_up(self) -> "Phone":
        self.board.waiting.discard(self.ref)
        return self.post("status", CallStatus="completed")

    @property
    def verbs(self) -> list[str]:
        return [each.tag for each in self.twiml]

    @property
    def said(self) -> str:
        return " ".join(each.text or "" for each in self.twiml.iter("Say"))
