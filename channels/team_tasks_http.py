"""Other teams' systems that take a matter as JSON over HTTP, as a TOML file describes them.

docs/desk.md shows such a file: a table for each place. Words in braces are filled in: `{key}` (our key with that
system), `{task}` (our key of the matter, `{post}` until the next release), `{place}`, `{person_ref}`, `{why}`,
`{grounds}`, `{urgent}`, `{due_on}`, `{asked_by}` and `{asked_at}`. Our key of the matter also travels as
`Idempotency-Key`.
"""

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field

from channels.document_templates import filled, found_at, read_json
from channels.team_tasks import Answer, CannotSay, Doubt, Found, Matter, NotTaken, Office, Taken
from store.described_toml import DescribedToml

TIMEOUT = 10.0  # seconds
_REDIRECTS, _REFUSED, _SERVERS = 300, 400, 500
_NOT_THERE = 404
_LATER = frozenset({408, 425, 429})
"""They surely did not take it, and may later."""


class Form(BaseModel):
    """Request and response format of one office.

    Paths are dotted, as `results.0.uuid`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Annotated[str, Field(pattern=r"^https?://\S+$")]  # a matter is sent here
    headers: dict[str, str] = {}
    body: dict[str, Any]
    reference: str  # where the answer holds its own reference
    # what it has under our key is got here
    ask: Annotated[str, Field(pattern=r"^https?://\S+\{(task|post)\}\S*$")]
    asked_reference: str  # where that answer holds the reference; nothing there: it has none
    state: str = ""  # where it holds how far it is
    received: tuple[str, ...] = ()  # its words for taken up
    ended: tuple[str, ...] = ()  # its words for done


_FILE = DescribedToml(
    kind=dict[str, Form], name="the teams' file", see="docs/desk.md", setting="KAARTJE_TEAM_TASKS"
)


def read_offices(path: Path, key: str) -> dict[str, Office]:
    """Read the description of every office.

    Raises:
        BadInput: the file cannot be read, or a key is missing, unknown or wrong.
    """
    return {place: HttpOffice(form, key) for place, form in _FILE.read(path).items()}


class HttpOffice:
    """One office that is reached over HTTP."""

    def __init__(self, form: Form, key: str, timeout: float = TIMEOUT) -> None:
        self._form = form
        self._key = key
        self._timeout = timeout

    def hand_over(self, matter: Matter) -> Answer:
        """Send one matter."""
        import requests

        values = {"key": self._key, "task": matter.key, "post": matter.key, **matter.as_data()}
        headers = {"Idempotency-Key": matter.key, **filled(self._form.headers, {"key": self._key})}
        try:
            answer = requests.post(
                self._form.url,
                json=filled(self._form.body, values),
                headers=headers,
                timeout=self._timeout,
                allow_redirects=False,
            )
        except requests.exceptions.ConnectTimeout:
            return NotTaken("nobody could be reached", again=True)
        except requests.exceptions.RequestException as error:
            return Doubt(f"no answer came ({type(error).__name__})")
        return self._read(answer)

    def _read(self, answer: Any) -> Answer:
        status = answer.status_code
        reference = found_at(read_json(answer), self._form.reference)
        if status < _REDIRECTS and reference:
            return Taken(reference)
        if status in _LATER:
            return NotTaken(f"they answered {status}", again=True)
        if _REFUSED <= status < _SERVERS:
            return NotTaken(f"they answered {status}", again=False)
        return Doubt(
            f"they answered {status}" + (" without a reference" if status < _REDIRECTS else "")
        )

    def find(self, key: str) -> Found | None:
        """Ask what they have under our key."""
        import requests

        where = filled(self._form.ask, dict.fromkeys(("task", "post"), quote(key, safe="")))
        headers = filled(self._form.headers, {"key": self._key})
        try:
            answer = requests.get(
                where, headers=headers, timeout=self._timeout, allow_redirects=False
            )
        except requests.exceptions.RequestException as error:
            raise CannotSay(f"no answer came ({type(error).__name__})") from error
        if answer.status_code == _NOT_THERE:
            return None
        document = read_json(answer)
        if answer.status_code >= _REDIRECTS or document is None:
            raise CannotSay(f"they answered {answer.status_code}")
        if not (reference := found_at(document, self._form.asked_reference)):
            return None
        state = found_at(document, self._form.state)
        ended = state if state in self._form.ended else ""
        return Found(reference, state in self._form.received or bool(ended), ended)
