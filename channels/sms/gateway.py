"""A second provider, any gateway that takes a text as a JSON document over HTTPS.

One TOML file describes it, and docs/sms.md shows such a file. Words in braces in its headers and
body are filled in: `{key}`, `{to}`, `{from}`, `{body}`, `{reference}` (the key of this attempt) and
`{callback}` (where to report on it).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from threading import local
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from channels.document_templates import filled, found_at, read_json
from channels.sms.attempts import marked_url
from channels.sms.error_codes import Fault, classify
from channels.sms.providers import (
    NO_CONNECTION,
    Answer,
    CannotSay,
    Doubt,
    Found,
    ListedText,
    NotTaken,
    Taken,
    Text,
    TextState,
    UnlistedTexts,
)
from channels.sms.reports import Report, Status
from channels.sms.senders import Sender
from channels.sms.twilio import never_connected, seconds
from store.described_toml import DescribedToml

_REFUSED, _SERVERS = 400, 500


class ReportForm(BaseModel):
    """Description of a gateway's reports, with the place and meaning of their values."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    status: str  # where it holds the state: "message.status"
    reference: str = ""  # and the gateway's own reference
    code: str = ""  # and why it did not arrive
    statuses: dict[str, Status]  # what its words mean: DELIVRD = "delivered"


class Form(BaseModel):
    """Description of a gateway's requests and responses."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,20}$")]
    url: Annotated[str, Field(pattern=r"^https?://\S+$")]
    headers: dict[str, str] = {}
    body: dict[str, Any]
    reference: str  # where the answer holds its own reference: "messages.0.id"
    code: str = ""  # where it holds the code of a refusal: "error.code"
    codes: dict[str, Fault] = {}  # what its codes mean
    report: ReportForm | None = None  # None: it never reports
    numbers: Literal["+31…", "0031…", "31…"] = "+31…"  # how it wants a number written


_FILE = DescribedToml(
    kind=Form, name="a gateway's file", see="docs/sms.md", setting="KAARTJE_SMS_GATEWAY"
)


def read_form(path: Path) -> Form:
    """Read a gateway's description.

    Raises:
        BadInput: the file cannot be read, or a key is missing, unknown or wrong.
    """
    return _FILE.read(path)


def read_report(form: Form, document: Any, attempt: str) -> Report | None:
    """Read a gateway's report, or None where it holds no state.

    `document` is a JSON document, or a form's fields.
    """
    if form.report is None or not (word := found_at(document, form.report.status)):
        return None
    known = form.report.statuses.get(word)
    code, ref = found_at(document, form.report.code), found_at(document, form.report.reference)
    return Report(
        provider=form.name,
        ref=ref or None,
        status=known.value if known else word,
        code=code or None,
        attempt=attempt,
    )


class Gateway:
    """An account at a gateway."""

    def __init__(
        self,
        form: Form,
        *,
        key: str,
        sender: Sender,
        public_url: str = "",
        timeout: float = 10,
        callback_key: str = "",
    ) -> None:
        self.name = form.name
        self._form = form
        self._key = key
        self._sender = sender
        self._public_url = public_url
        self._timeout = timeout
        self._callback_key = callback_key
        self._mine = local()

    def hand_over(self, text: Text) -> Answer:
        """Post one text."""
        from requests.exceptions import RequestException

        values = self._values(text)
        try:
            answer = self._session().post(
                self._form.url,
                json=filled(self._form.body, values),
                headers=filled(self._form.headers, values),
                timeout=self._timeout,
                allow_redirects=False,
            )
        except RequestException as error:
            if never_connected(error):
                return NotTaken(
                    Fault.RETRY_SAFE, NO_CONNECTION, "the provider could not be reached"
                )
            return Doubt(f"no answer came ({type(error).__name__})")
        return self._read(
            answer.status_code, read_json(answer), seconds(answer.headers.get("Retry-After"))
        )

    def find(self, to: str, since: datetime) -> Sequence[Found]:  # noqa: ARG002  nobody is asked
        """Refuse, because gateways of this form report by themselves and list no texts."""
        raise CannotSay(f"{self.name} cannot be asked; it reports by itself")

    def status(self, ref: str) -> TextState:
        """Refuse, because gateways of this form cannot be asked."""
        raise CannotSay(f"{self.name} cannot be asked about {ref}; it reports by itself")

    def made(self, ref: str) -> bool:  # noqa: ARG002  a reference may have any form
        """Deny every reference, because nothing of this provider can be compared."""
        return False

    def listed(self, since: datetime) -> Iterator[ListedText]:  # noqa: ARG002  nobody is asked
        """Refuse, because gateways of this form list no texts."""
        raise UnlistedTexts(f"{self.name} lists no texts; it reports by itself")

    def _read(self, status: int, document: Any, retry_after: float | None) -> Answer:
        code = found_at(document, self._form.code)
        reference = found_at(document, self._form.reference)
        if status < _REFUSED and reference:
            return Taken(reference)
        if status >= _SERVERS or (status < _REFUSED and not code):
            return Doubt(
                f"the provider answered {status}"
                + ("" if status >= _SERVERS else " without a reference")
            )
        fault = self._form.codes.get(code) or classify(None, max(status, _REFUSED))
        if fault is Fault.AMBIGUOUS:
            return Doubt(f"the provider answered {code or status}")
        return NotTaken(
            fault, code or f"HTTP_{status}", "the provider did not take it", retry_after
        )

    def _values(self, text: Text) -> dict[str, str]:
        digits = text.to.removeprefix("+")
        number = {"+31…": f"+{digits}", "0031…": f"00{digits}", "31…": digits}[self._form.numbers]
        reported = marked_url(self._public_url, text.attempt, self._callback_key)
        return {
            "key": self._key,
            "to": number,
            "from": self._sender.text,
            "body": text.body,
            "reference": text.attempt,
            "callback": reported,
        }

    def _session(self) -> Any:
        if not hasattr(self._mine, "session"):
            from requests import Session

            self._mine.session = Session()
        return self._mine.session
