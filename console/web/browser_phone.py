"""The phone in an agent's browser: what it is made of, and what its page may do."""

import re
from dataclasses import dataclass
from pathlib import Path

from channels.voice.access_tokens import Passes
from channels.voice.browser_names import client_name
from console.web.permissions import Area
from console.web.security import Policy
from console.web.sessions import Visit
from installation.settings import Settings
from store.errors import BadInput

PLACE = "/desk-phone"
"""The phone's own page: it stays open while the agent goes from page to page, so that no conversation is cut off."""
PROVIDER = "wss://*.twilio.com"
"""Whom the phone speaks to. Its reports of how a call went go elsewhere by https, and so stay in the house."""
SET_UP = "see docs/softphone.md"
_GATEWAY = re.compile(r"[a-z0-9.-]+(:\d{1,5})?", re.IGNORECASE)
_EDGE = re.compile(r"[a-z0-9-]+")


@dataclass(frozen=True, slots=True)
class Phone:
    """What the phone of this house is made of."""

    script: Path  # Twilio's, as `make softphone` put it here
    passes: Passes
    edges: tuple[
        str, ...
    ] = ()  # where browsers meet the provider, the first choice first; empty: the nearest
    gateway: str = ""  # a stand-in for the provider

    @property
    def policy(self) -> Policy:
        """What the phone's own page may do."""
        reaches = (f"wss://{self.gateway}",) if self.gateway else (PROVIDER,)
        return Policy(scripts=True, reaches=reaches, microphone=True)


def phone_of(settings: Settings) -> Phone | None:
    """Return the phone of agents' browsers; None where agents are called on their own phone.

    Raises:
        BadInput: it is set up halfway; says what is missing.
    """
    if not settings.voice_sdk:
        return None
    script, passes = Path(settings.voice_sdk).absolute(), Passes.read(settings.accounts)
    if not script.is_file():
        raise BadInput(
            "there is no such file",
            "run `make softphone`",
            file=str(script),
            field="KAARTJE_VOICE_SDK",
        )
    if missing := passes.missing():
        raise BadInput(f"the phone in the browser also needs {', '.join(missing)}", SET_UP)
    return Phone(script, passes, _edges(settings.voice_edge), _gateway(settings.voice_gateway))


def client_of(visit: Visit) -> str | None:
    """Return by which name this colleague's browser is called; None for who has no phone here."""
    has_one = visit.request.app.state.phone is not None and visit.may(Area.CALLS)
    return client_name(visit.name) if has_one else None


def _edges(text: str) -> tuple[str, ...]:
    edges = tuple(edge.strip() for edge in text.split(",") if edge.strip())
    if wrong := next((edge for edge in edges if not _EDGE.fullmatch(edge)), None):
        raise BadInput(
            f"{wrong!r} is no edge of Twilio's", "write it as frankfurt", field="KAARTJE_VOICE_EDGE"
        )
    return edges


def _gateway(text: str) -> str:
    if text and not _GATEWAY.fullmatch(text):
        raise BadInput(
            f"{text!r} is no host and port",
            "write it as 127.0.0.1:8443",
            field="KAARTJE_VOICE_GATEWAY",
        )
    return text
