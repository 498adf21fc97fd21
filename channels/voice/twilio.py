"""Twilio's telephone, through its own client with one client a thread and no retries."""

from collections.abc import Callable
from threading import local
from typing import Any

from channels.port import Unavailable
from channels.sms.error_codes import Fault, classify, meaning
from channels.sms.twilio import TWILIO, http_client, never_connected
from channels.voice.port import Bridging, Call, Doubtful, Ended, GoneAlready, NotRung, Ringing
from store.sentences import Sentence, as_sentence

NOT_IN_PROGRESS = 21220
"""A caller who is not in the queue any more, or a call that is over."""
_NOT_FOUND, _REFUSALS, _SERVERS = 404, 400, 500
_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError)
_SETTINGS = (Fault.CONFIG,)


class Twilio:
    """The telephone of an account at Twilio."""

    def __init__(self, *, account: str, token: str, url: str = "", timeout: float = 10) -> None:
        self._account = account
        self._token = token
        self._url = url.rstrip("/")
        self._timeout = timeout
        self._mine = local()

    def bridge(
        self, caller: str, queue: str | None, answer_url: str
    ) -> Bridging | GoneAlready | Doubtful:
        """Take a caller out of a queue as its member, or else redirect the call itself.

        A caller who is between two waits in it (hearing an apology, or being asked for a key) is a
        member of no queue and still on the line. Only a call that cannot be redirected is over.
        """
        client, turn = self._client(), {"url": answer_url, "method": "POST"}
        result = (
            self._ask(lambda: client.queues(queue).members(caller).update(**turn))
            if queue
            else GoneAlready()
        )
        if isinstance(
            result, GoneAlready
        ):  # surely nothing happened yet, so this asks nothing twice
            result = self._ask(lambda: client.calls(caller).update(**turn))
        return result if isinstance(result, GoneAlready | Doubtful) else Bridging()

    def ring(self, call: Call) -> Ringing | NotRung | Doubtful:
        """Create one call."""
        client = self._client()
        fields: dict[str, Any] = {
            "to": call.to,
            "from_": call.caller_id,
            "url": call.answer_url,
            "method": "POST",
            "timeout": call.seconds,
            "status_callback": call.status_url,
            "status_callback_method": "POST",
        }
        if call.keys:
            fields["send_digits"] = call.keys
        made = self._ask(lambda: client.calls.create(**fields), refused=True)
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
        result = self._ask(lambda: client.calls(ref).update(status="completed"))
        return result if isinstance(result, GoneAlready | Doubtful) else Ended()

    def forget(self, recording: str) -> Ended | GoneAlready | Doubtful:
        """Delete a recording."""
        client = self._client()
        result = self._ask(lambda: client.recordings(recording).delete())
        return result if isinstance(result, GoneAlready | Doubtful) else Ended()

    def _ask(self, request: Callable[[], Any], *, refused: bool = False) -> Any:
        """Make a request once, and return the meaning of a failed one.

        Args:
            request: makes it.
            refused: whether a refusal is an answer; where it is none, nobody can be reached.
        """
        from requests.exceptions import RequestException
        from twilio.base.exceptions import TwilioException

        try:
            return request()
        except RequestException as error:
            if never_connected(error):
                raise Unavailable("the telephone provider could not be reached") from error
            return Doubtful(f"no answer came ({type(error).__name__})")
        except (TwilioException, *_UNREADABLE) as error:
            status = getattr(error, "status", None) or self._mine.http.status
            return _refusal(status, getattr(error, "code", None), error, refused=refused)

    def _client(self) -> Any:
        """Return this thread's own client, since the library's is not thread-safe."""
        if not hasattr(self._mine, "client"):
            from twilio.rest import Client

            self._mine.http = http_client(self._timeout, self._url or TWILIO)
            self._mine.client = Client(self._account, self._token, http_client=self._mine.http)
            if self._url:
                self._mine.client.api.base_url = self._url
        return self._mine.client


def _refusal(status: int | None, code: int | None, error: Exception, *, refused: bool) -> Any:
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
        Sentence(
            "the telephone provider refused it: {why} ({code})",
            why=as_sentence(meaning(known)),
            code=known or status,
        )
    ) from error
