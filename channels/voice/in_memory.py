"""An in-memory fake of the telephone exchange, for trials and tests, which rings nobody."""

from dataclasses import dataclass, field
from threading import Lock

from channels.port import Unavailable
from channels.voice.port import Bridging, Call, Doubtful, Ended, GoneAlready, NotRung, Ringing


@dataclass(kw_only=True)
class Switchboard:
    """A fake exchange that records requests and answers as a provider would.

    Of two requests to bridge one caller, one succeeds.
    """

    waiting: set[str] = field(default_factory=set)  # the references of waiting callers
    # of callers on the line and in no queue: they hear a sentence
    elsewhere: set[str] = field(default_factory=set)
    # caller, queue, where it asks
    bridged: list[tuple[str, str | None, str]] = field(default_factory=list)
    rung: list[Call] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    out_of_reach: bool = False
    silent: bool = False  # does what is asked, and its answer is lost
    refuses: str = ""  # the code with which it refuses to ring
    _turn: Lock = field(default_factory=Lock)

    def bridge(
        self, caller: str, queue: str | None, answer_url: str
    ) -> Bridging | GoneAlready | Doubtful:
        """Take a caller out of the queue if they are in it, and redirect their call if they are not."""
        with self._turn:
            self._reach()
            if caller not in self.waiting | self.elsewhere:
                return GoneAlready()
            self.waiting.discard(caller)
            self.elsewhere.discard(caller)
            self.bridged.append((caller, queue, answer_url))
            return Doubtful("no answer came") if self.silent else Bridging()

    def ring(self, call: Call) -> Ringing | NotRung | Doubtful:
        """Record the call."""
        with self._turn:
            self._reach()
            if self.refuses:
                return NotRung(self.refuses, "the provider refuses")
            self.rung.append(call)
            return (
                Doubtful("no answer came") if self.silent else Ringing(f"CA-twin-{len(self.rung)}")
            )

    def end(self, ref: str) -> Ended | GoneAlready | Doubtful:
        """Record that the call ended."""
        with self._turn:
            self._reach()
            self.waiting.discard(ref)
            self.elsewhere.discard(ref)
            self.ended.append(ref)
            return Ended()

    def forget(self, recording: str) -> Ended | GoneAlready | Doubtful:
        """Record that the recording was deleted."""
        with self._turn:
            self._reach()
            if recording in self.forgotten:
                return GoneAlready()
            self.forgotten.append(recording)
            return Ended()

    def _reach(self) -> None:
        if self.out_of_reach:
            raise Unavailable("the telephone provider could not be reached")
