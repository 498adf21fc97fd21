"""Twilio's messages, through its own client with one client a thread, a time-out and no retries."""

import logging
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from threading import local
from typing import Any

from channels.sms.attempts import callback_url
from channels.sms.error_codes import Fault, classify, meaning
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
)
from channels.sms.senders import Sender

LISTED = 50
"""Texts to one number that are looked through; whoever has more since the try is for a person to see."""

PAGE = 1_000
"""Texts on one page of the whole list. So many in a row that are older, or seen before, end it."""

_SID = re.compile(r"(SM|MM)[0-9a-f]{32}")
TWILIO = "https://api.twilio.com"
_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError)
"""What the client raises over an answer that is not of the form it expects."""
# at INFO the client would log every address it asks for, and with it somebody's number
logging.getLogger("twilio.http_client").setLevel(logging.WARNING)


class Twilio:
    """An account at Twilio."""

    name = "twilio"

    def __init__(
        self,
        *,
        account: str,
        token: str,
        sender: Sender,
        url: str = "",
        public_url: str = "",
        timeout: float = 10,
        validity: int = 14_400,
    ) -> None:
        self._account = account
        self._token = token
        self._sender = sender
        self._url = url.rstrip("/")
        self._public_url = public_url
        self._timeout = timeout
        self._validity = validity
        self._mine = local()

    def hand_over(self, text: Text) -> Answer:
        """Create one message."""
        from requests.exceptions import RequestException
        from twilio.base.exceptions import TwilioException, TwilioRestException

        client, http = self._client()
        try:
            made = client.messages.create(**self._request(text))
        except TwilioRestException as error:
            return _refused(error.status, error.code, http.retry_after)
        except RequestException as error:
            return _unanswered(error)
        except (TwilioException, *_UNREADABLE) as error:
            return _misunderstood(http.status, error)
        if not made.sid:
            return Doubt("the provider answered without a reference")
        return Taken(made.sid, int(made.num_segments) if str(made.num_segments).isdigit() else None)

    def find(self, to: str, since: datetime) -> Sequence[Found]:
        """List the messages to a number.

        Not by the day they were sent, because a message that still waits at the provider has none.
        """
        from requests.exceptions import RequestException
        from twilio.base.exceptions import TwilioException

        client, _ = self._client()
        try:
            page = client.messages.page(to=to, page_size=LISTED)
            # only this page, so that a faulty link to a next one is not followed for ever
            listed = list(page)
        except (TwilioException, RequestException, *_UNREADABLE) as error:
            raise CannotSay(f"the provider could not be asked ({type(error).__name__})") from error
        found = [_found(each) for each in listed if "inbound" not in str(each.direction)]
        recent = [each for each in found if each.made_at >= since]
        if page.next_page_url and len(recent) == len(found):
            raise CannotSay(f"there are more than {LISTED} texts to this number")
        return recent

    def status(self, ref: str) -> TextState:
        """Fetch one message."""
        from requests.exceptions import RequestException
        from twilio.base.exceptions import TwilioException

        if not _SID.fullmatch(ref):
            raise CannotSay("that is not a reference of Twilio's")
        client, _ = self._client()
        try:
            message = client.messages(ref).fetch()
        except (TwilioException, RequestException, *_UNREADABLE) as error:
            raise CannotSay(f"the provider could not be asked ({type(error).__name__})") from error
        return TextState(
            str(message.status or ""), str(message.error_code) if message.error_code else None
        )

    def made(self, ref: str) -> bool:
        """Say whether a reference has the form of Twilio's."""
        return _SID.fullmatch(ref) is not None

    def listed(self, since: datetime) -> Iterator[ListedText]:
        """Yield the account's messages page by page, the newest first.

        Not by the day they were sent, because a message that still waits at the provider has none.
        """
        from requests.exceptions import RequestException
        from twilio.base.exceptions import TwilioException

        client, _ = self._client()
        seen, passed = set[str](), 0
        try:
            for each in client.messages.stream(page_size=PAGE):
                is_new = each.sid not in seen and _found(each).made_at >= since - CLOCKS_DIFFER
                passed = 0 if is_new else passed + 1
                if passed > PAGE:  # all older, or a faulty link to a next page that leads back
                    return
                seen.add(each.sid)
                if is_new and "inbound" not in str(each.direction):
                    yield self._listed(each)
        except (TwilioException, RequestException, *_UNREADABLE) as error:
            raise CannotSay(f"the provider could not be asked ({type(error).__name__})") from error

    def _listed(self, message: Any) -> ListedText:
        found = _found(message)
        return ListedText(
            ref=found.ref,
            to=str(message.to or ""),
            body=found.body,
            status=str(message.status or ""),
            segments=found.segments,
            ours=self._sender.text in {message.from_, message.messaging_service_sid},
        )

    def line_type(self, number: str) -> str:
        """Return the line type of a number (mobile, landline, voip, ...).

        Each lookup costs money.

        Raises:
            CannotSay: the provider cannot tell.
        """
        from requests.exceptions import RequestException
        from twilio.base.exceptions import TwilioException

        client, _ = self._client()
        try:
            looked_up = client.lookups.v2.phone_numbers(number).fetch(
                fields="line_type_intelligence"
            )
        except (TwilioException, RequestException, *_UNREADABLE) as error:
            raise CannotSay(f"the provider could not be asked ({type(error).__name__})") from error
        return str((looked_up.line_type_intelligence or {}).get("type") or "unknown")

    def _request(self, text: Text) -> dict[str, Any]:
        sender = "messaging_service_sid" if self._sender.is_service else "from_"
        asked: dict[str, Any] = {"to": text.to, "body": text.body, sender: self._sender.text}
        asked["validity_period"] = self._validity
        if reported := callback_url(self._public_url, text.attempt):
            asked["status_callback"] = reported
        return asked

    def _client(self) -> tuple[Any, Any]:
        """Return this thread's own client, since the library's is not thread-safe."""
        if not hasattr(self._mine, "client"):
            from twilio.rest import Client

            self._mine.http = http_client(self._timeout, self._url or TWILIO)
            self._mine.client = Client(self._account, self._token, http_client=self._mine.http)
            if self._url:
                for product in ("api", "lookups", "messaging"):
                    getattr(self._mine.client, product).base_url = self._url
        return self._mine.client, self._mine.http


def utc(moment: datetime) -> datetime:
    """Return a moment in UTC, because the client writes the hours of any other zone as if they were UTC."""
    return moment.astimezone(UTC)


def http_client(timeout: float, url: str) -> Any:
    """Return a client of the library's that keeps the status and Retry-After of each response.

    Its exceptions leave these out. Each thread needs its own.
    """
    from twilio.http.http_client import TwilioHttpClient

    class Listening(TwilioHttpClient):  # type: ignore[misc]  # the library has no types
        """Keeps the status and Retry-After of a response, which the client's exceptions leave out."""

        status: int | None = None
        retry_after: float | None = None

        def request(self, *args: Any, **kwargs: Any) -> Any:
            self.status = self.retry_after = None
            answer = super().request(*args, **kwargs)
            self.status = answer.status_code
            self.retry_after = seconds(answer.headers.get("Retry-After"))
            return answer

    http = Listening(timeout=timeout)
    _read_environment_once(http.session, url)
    return http


def _read_environment_once(session: Any, url: str) -> None:
    """Fix a session's proxies and certificates, because reading the environment for each text is slow."""
    found = session.merge_environment_settings(url, {}, None, None, None)
    session.proxies, session.verify, session.cert = found["proxies"], found["verify"], found["cert"]
    session.trust_env = False


def seconds(header: str | None) -> float | None:
    """Return the seconds of a Retry-After header, or None where it is a date or nonsense."""
    try:
        return max(0.0, float(header or ""))
    except ValueError:
        return None


def _refused(status: int, code: int | None, retry_after: float | None) -> Answer:
    # the client puts the status where the provider gave no code
    known = code if code != status else None
    fault = classify(known, status)
    if fault is Fault.AMBIGUOUS:
        return Doubt(f"the provider answered {status}")
    return NotTaken(fault, str(known or f"HTTP_{status}"), meaning(known), retry_after)


def _unanswered(error: Exception) -> Answer:
    """Return the result of a request without response.

    Only a connection that was never made surely carried nothing.
    """
    if never_connected(error):
        return NotTaken(Fault.RETRY_SAFE, NO_CONNECTION, "the provider could not be reached")
    return Doubt(f"no answer came ({type(error).__name__})")


def never_connected(error: Exception) -> bool:
    """Say whether a request surely never left, since no connection was made."""
    from requests.exceptions import ConnectionError as NotConnected
    from requests.exceptions import ConnectTimeout
    from urllib3.exceptions import MaxRetryError, NameResolutionError, NewConnectionError

    if isinstance(error, ConnectTimeout):
        return True
    cause = error.args[0] if isinstance(error, NotConnected) and error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    return isinstance(reason, NewConnectionError | NameResolutionError)


def _misunderstood(status: int | None, error: Exception) -> Answer:
    """Return the result of a response that the client cannot read."""
    reading = getattr(error, "status", None) or status
    if reading is not None and HTTP_REFUSALS <= reading < HTTP_SERVERS:
        return _refused(int(reading), getattr(error, "code", None), None)
    return Doubt(f"the provider's answer could not be read ({type(error).__name__})")


HTTP_REFUSALS, HTTP_SERVERS = 400, 500


def _found(message: Any) -> Found:
    made = message.date_created or datetime.max.replace(tzinfo=UTC)
    segments = int(message.num_segments) if str(message.num_segments).isdigit() else None
    return Found(message.sid, message.body or "", utc(made), segments)


CLOCKS_DIFFER = timedelta(seconds=90)
"""How far a provider's clock may be from ours when a text is looked for."""
