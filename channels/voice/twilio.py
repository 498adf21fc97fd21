"""Twilio's telephone, through its own client: one client for each thread, and nothing is ever asked twice."""

from collections.abc import Callable
from threading import local
from typing import Any

from channels.port import Unavailable
from channels.sms.error_codes import Fault, classify, meaning
from channels.sms.twilio import TWILIO, http_client, never_connected
from channels.voice.port import Bridging, Call, Doubtful, Ended, GoneAlready, NotRung, Ringing

NOT_IN_PROGRESS = 21220
"""A caller who is not in the queue any more, or a call that is over."""
_NOT_FOUND, _REFUSALS, _SERVERS = 404, 400, 500
_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError)
_SETTINGS = (Fault.CONFIG,)


class Twilio:
    """One account's telephone."""

    def __init__(self, *, account: str, token: str, url: str = "", timeout: float = 10) -> None:
        self._account = account
        self._token = token
        self._url = url.rstrip("/")
        self._timeout = timeout
        self._mine = local()

    def bridge(
        self, caller: str, queue: str | None, asks: str
    ) -> Bridging | GoneAlready | Doubtful:
        """Take a caller out of a queue: as its member where they are one, else by turning the call itself.

        Who is between two times in it (told sorry, or asked for a key) is a member of none, and on the line still:
        only a call that cannot be turned is over.
        """
        client, turn = self._client(), {"url": asks, "method": "POST"}
        came = (
            self._ask(lambda: client.queues(queue).members(caller).update(**turn))
            if queue
            else GoneAlready()
        )
        if isinstance(came, GoneAlready):  # surely nothing happened yet, so this asks nothing twice
            came = self._ask(lambda: client.calls(caller).update(**turn))
        return came if isinstance(came, GoneAlready | Doubtful) else Bridging()

    def ring(self, call: Call) -> Ringing | NotRung | Doubtful:
        """Create one call."""
        client = self._client()
        asked: dict[str, Any] = {
            "to": call.to,
            "from_": call.caller_id,
            "url": call.asks,
            "method": "POST",
            "timeout": call.seconds,
            "status_callback": call.tells,
            "status_callback_method": "POST",
        }
        if call.keys:
            asked["send_digits"] = call.keys
        made = self._ask(lambda: client.calls.create(**asked), refused=True)
        match made:
            case NotRung() | Doubtful():
                return made
            case GoneAlready():
                return NotRung("", "the provider does not know this number")
        return (
            Ringing(made.sid) if made.sid else Doubtful("the provider answered without a reference")
        )

    def end(self, ref: str) -> Ended | GoneAlready | Doubtful:
        """Complete a call."""
        client = self._client()
        came = self._ask(lambda: client.calls(ref).update(status="completed"))
        return came if isinstance(came, GoneAlready | Doubtful) else Ended()

    def forget(self, recording: str) -> Ended | GoneAlready | Doubtful:
        """Delete a recording."""
        client = self._client()
        came = self._ask(lambda: client.recordings(recording).delete())
        return came if isinstance(came, GoneAlready | Doubtful) else Ended()

    def _ask(self, ask: Callable[[], Any], *, refused: bool = False) -> Any:
        """Ask once, and say what an answer means that is none.

        Args:
            ask: the request.
            refused: whether a refusal is an answer; where it is none, nobody can be reached.
        """
        from requests.exceptions import RequestException
        from twilio.base.exceptions import TwilioException

        try:
            return ask()
        except RequestException as error:
            if never_connected(error):
                raise Unavailable("the telephone provider could not be reached") from error
            return Doubtful(f"no answer came ({type(error).__name__})")
        except (TwilioException, *_UNREADABLE) as error:
            status = getattr(error, "status", None) or self._mine.http.status
            return _said_no(status, getattr(error, "code", None), error, refused=refused)

    def _client(self) -> Any:
        """Return this thread's own client: the library's is not made to be shared."""
        if not hasattr(self._mine, "client"):
            from twilio.rest import Client

            self._mine.http = http_client(self._timeout, self._url or TWILIO)
            self._mine.client = Client(self._account, self._token, http_client=self._mine.http)
            if self._url:
                self._mine.client.api.base_url = self._url
        return self._mine.client


def _said_no(status: int | None, code: int | None, error: Exception, *, refused: bool) -> Any:
    if status is None or not _REFUSALS <= status < _SERVERS:
        return Doubtful(
            f"the provider's answer could not be read ({status or type(error).__name__})"
        )
    # the client puts the status where the provider gave no code
    known = code if code != status else None
    if known == NOT_IN_PROGRESS or status == _NOT_FOUND:
        return GoneAlready()
    fault = classify(known, status)
    if fault is Fault.AMBIGUOUS:
        return Doubtful(f"the provider answered {status}")
    if refused and fault not in _SETTINGS and fault is not Fault.RETRY_SAFE:
        return NotRung(str(known or f"HTTP_{status}"), meaning(known))
    raise Unavailable(
        f"the telephone provider refused it: {meaning(known)} ({known or status})"
    ) from error
