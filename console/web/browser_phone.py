"""Settings and content security policy of the softphone in an agent's browser."""

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
from store.sentences import Sentence

PLACE = "/desk-phone"
"""The page of the softphone. It stays open while the agent moves between pages, so no call is cut off."""
PROVIDER = "wss://*.twilio.com"
"""The provider's signalling servers. The policy blocks its call-quality reports, which go elsewhere by https."""
SET_UP = "see docs/softphone.md"
_GATEWAY = re.compile(r"[a-z0-9.-]+(:\d{1,5})?", re.IGNORECASE)
_EDGE = re.compile(r"[a-z0-9-]+")


@dataclass(frozen=True, slots=True)
class Phone:
    """The softphone of this installation."""

    script: Path  # Twilio's, as `make softphone` put it here
    passes: Passes
    edges: tuple[
        str, ...
    ] = ()  # where browsers meet the provider, the first choice first; empty: the nearest
    gateway: str = ""  # a stand-in for the provider

    @property
    def policy(self) -> Policy:
        """The content security policy of the softphone's page."""
        reaches = (f"wss://{self.gateway}",) if self.gateway else (PROVIDER,)
        return Policy(scripts=True, reaches=reaches, microphone=True)


def phone_of(settings: Settings) -> Phone | None:
    """Return the softphone of agents' browsers, or None where agents use their own phone.

    Raises:
        BadInput: The settings are incomplete. The error names what is missing.
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
        raise BadInput(
            Sentence("the phone in the browser also needs {missing}", missing=", ".join(missing)),
            SET_UP,
        )
    return Phone(script, passes, _edges(settings.voice_edge), _gateway(settings.voice_gateway))


def client_of(visit: Visit) -> str | None:
    """Return the name by which this colleague's browser is called, or None without a softphone."""
    has_one = visit.request.app.state.phone is not None and visit.may(Area.CALLS)
    return client_name(visit.name) if has_one else None


def _edges(text: str) -> tuple[str, ...]:
    edges = tuple(edge.strip() for edge in text.split(",") if edge.strip())
    if wrong := next((edge for edge in edges if not _EDGE.fullmatch(edge)), None):
        raise BadInput(
            Sentence("{seen!r} is not an edge location of Twilio", seen=wrong),
            "write it as frankfurt",
            field="KAARTJE_VOICE_EDGE",
        )
    return edges


def _gateway(text: str) -> str:
    if text and not _GATEWAY.fullmatch(text):
        raise BadInput(
            Sentence("{seen!r} is not a host and port", seen=text),
            "write it as 127.0.0.1:8443",
            field="KAARTJE_VOICE_GATEWAY",
        )
    return text
