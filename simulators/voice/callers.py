"""Simulated people, namely callers who listen, key, wait and give up, and agents who pick up or not.

They know nothing of the installation. A caller listens to the words and acts on them like somebody
who wants a thing. Of a sentence about being called back with "toets 2", a caller who would rather
be called back presses 2.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulators.sms_faults import drawn
from simulators.voice.network_state import Answer, SimulatedCall
from simulators.voice.scenario import Crowd, Desk
from simulators.voice.twiml import Gather

if TYPE_CHECKING:
    from simulators.voice.switchboard import Exchange

WITHHELD = ("anonymous", "+266696687", "restricted", "unknown", "+7378742833", "")
AT_LEAST = 60  # seconds that anybody listens to a menu
TRIES, A_KEY = 2, 0.3  # how often somebody tries one thing; seconds between two keys
_DIGITS = {"nul": "0", "een": "1", "één": "1", "twee": "2", "drie": "3", "vier": "4", "vijf": "5", "zes": "6",
           "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
           "sterretje": "*", "ster": "*", "star": "*"}  # fmt: skip
_KEY = re.compile(
    rf"(?:toets|druk|kies|press|dial|key)\w*(?:\s+(?:op|een|de|het|u|dan|in|the|key))*\s+"
    rf"(\d(?!\d)|\*|{'|'.join(_DIGITS)})(?!\w)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[.!;]\s+|,\s+(?=of\b|or\b)|\n")
_CALL_BACK = re.compile(
    r"terug\s*bel|bel\w*\b.*\bterug|teruggebeld|wij u (?:dan )?bellen|call\w*\b.*\bback|us to call you",
    re.IGNORECASE,
)
_MESSAGE = re.compile(r"bericht|boodschap|message", re.IGNORECASE)
_RIGHT = re.compile(r"is dat goed|klopt dat|that is right|is that right", re.IGNORECASE)
_WHICH_NUMBER = re.compile(
    r"toets (?:het|uw|dat) nummer|key (?:the|your|that) number|enter your number", re.IGNORECASE
)
_CODE = re.compile(r"\bcode\b|\bcijfers\b|\bdigits\b", re.IGNORECASE)
_HASH = re.compile(r"hekje|#|\bhash\b|\bpound\b", re.IGNORECASE)
_TONGUES = {
    "en": re.compile(r"english|engels", re.IGNORECASE),
    "tr": re.compile(r"türkçe|turks|turkish", re.IGNORECASE),
    "ar": re.compile(r"العربية|arabisch|arabic", re.IGNORECASE),
    "pl": re.compile(r"polski|pools|polish", re.IGNORECASE),
}


def key_for(words: str, wish: re.Pattern[str]) -> str:
    """Return the key that fulfils a wish according to a sentence, or nothing."""
    for sentence in _SENTENCE.split(words):
        found = _KEY.search(sentence) if wish.search(sentence) else None
        if found:
            return _DIGITS.get(found[1].lower(), found[1])
    return ""


@dataclass(kw_only=True)
class Caller:
    """A simulated caller."""

    name: str
    number: str  # as the installation sees it
    language: str
    code_kind: str  # right | mistyped | guessed | none
    code: str
    patience: float
    talk: float
    wants_call_back: bool
    voicemail: float
    exchange: "Exchange"
    ring_later: "Callable[[float, Caller], None]"
    again_after: float = 0  # seconds
    again: int = 0  # how often they still ring again
    own_number: str = ""  # on which they can be called back; empty: they know none
    asked_back: int = 0  # how often they pressed the key for it
    numbers: int = 0  # how often they keyed a number
    language_chosen: bool = False
    tries: int = 0
    calls: list[SimulatedCall] = field(default_factory=list)

    def answers(self, call: SimulatedCall) -> Answer:
        """Pick up when called back, as a rule."""
        draw = drawn(self.exchange.seed, "called back", self.name, len(self.calls))
        self.calls.append(call)
        return Answer(3 + draw * 10, "answered" if draw < 0.8 else "no-answer")  # noqa: PLR2004

    def presses(self, gather: Gather, lasts: float) -> list[tuple[float, str]]:
        """Press the wanted keys after the prompts, a code digit by digit."""
        keys = self._wanted(gather.words)
        thinks = lasts + 0.5
        return [(thinks + A_KEY * place, key) for place, key in enumerate(keys)]

    def _wanted(self, words: str) -> str:
        if self.asked_back and (numbered := self._number(words)):
            return numbered
        if self.wants_call_back and self.asked_back < TRIES and (key := key_for(words, _CALL_BACK)):
            self.asked_back += 1
            return key
        if self.voicemail and not self.asked_back and (key := key_for(words, _MESSAGE)):
            return key
        if (
            not self.language_chosen
            and self.language in _TONGUES
            and (key := key_for(words, _TONGUES[self.language]))
        ):
            self.language_chosen = True
            return key
        if _CODE.search(words) and self.code and self.tries < TRIES:
            self.tries += 1
            wrong = self.code_kind == "mistyped" and self.tries == 1
            return (_slip(self.code) if wrong else self.code) + ("#" if _HASH.search(words) else "")
        return ""

    def _number(self, words: str) -> str:
        """Confirm the number that was read out, or key one."""
        if key := key_for(words, _RIGHT):
            return key
        if self.own_number and self.numbers < TRIES and _WHICH_NUMBER.search(words):
            self.numbers += 1
            return self.own_number + ("#" if _HASH.search(words) else "")
        return ""

    def waits(self, call: SimulatedCall) -> None:
        """Wait until their patience ends."""
        self.exchange.start(self._lose_patience(call))

    async def _lose_patience(self, call: SimulatedCall) -> None:
        await self.exchange.pace.sleep(self.patience)
        if call.met_at is None and call.left_at is None:
            self.exchange.hang_up(call, "caller")

    async def give_up_in_the_end(self, call: SimulatedCall) -> None:
        """Hang up where a menu leads nowhere."""
        await self.exchange.pace.sleep(2 * self.patience + AT_LEAST)
        if call.met_at is None:
            self.exchange.hang_up(call, "caller")

    def meets(self, call: SimulatedCall, other: SimulatedCall) -> None:
        """Talk, and hang up."""
        del other
        self.exchange.start(_goodbye(self.exchange, call, self.talk, "caller"))

    def records(self) -> float:
        """Return how many seconds they speak after the beep."""
        return self.voicemail

    def ends(self, call: SimulatedCall) -> None:
        """Ring again later, where they gave up or were cut off."""
        if self.again and call.met_at is None and not self.asked_back:
            self.again, self.tries, self.language_chosen = self.again - 1, 0, False
            self.ring_later(self.again_after, self)


@dataclass(kw_only=True)
class Phone:
    """A telephone of an agent, which is rung or dials in itself."""

    name: str
    desk: Desk
    exchange: "Exchange"
    rung: int = 0
    met: int = 0  # conversations
    speaking: set[str] = field(default_factory=set)

    def answers(self, call: SimulatedCall) -> Answer:
        """Pick up, unless away or engaged."""
        self.rung += 1
        draw = drawn(self.exchange.seed, "answer", self.name, self.rung)
        after = drawn(self.exchange.seed, "after", self.name, self.rung) * self.desk.answer_after
        if self.speaking:
            return Answer(0, "busy")
        if draw < self.desk.answer_share:
            self.speaking.add(call.sid)
            return Answer(after)
        busy = drawn(self.exchange.seed, "engaged", self.name, self.rung) < self.desk.busy_share
        return Answer(after, "busy") if busy else Answer(float("inf"), "no-answer")

    def presses(self, gather: Gather, lasts: float) -> list[tuple[float, str]]:
        """Accept a call, where any key is asked for."""
        key = _KEY.search(gather.words)
        return [(lasts + 0.5, _DIGITS.get(key[1].lower(), key[1]))] if key else []

    def waits(self, call: SimulatedCall) -> None:
        """Wait patiently."""

    def meets(self, call: SimulatedCall, other: SimulatedCall) -> None:
        """Talk, and hang up."""
        self.met += 1
        draw = drawn(self.exchange.seed, "agent talks", other.party.name, self.rung)
        self.exchange.start(
            _goodbye(self.exchange, call, self.desk.agent_talk * (0.5 + draw), self.name)
        )

    def records(self) -> float:
        """Say nothing."""
        return 0

    def ends(self, call: SimulatedCall) -> None:
        """Become free again."""
        self.speaking.discard(call.sid)


async def _goodbye(exchange: "Exchange", call: SimulatedCall, after: float, by: str) -> None:
    await exchange.pace.sleep(after)
    exchange.hang_up(call, by)


def _slip(code: str) -> str:
    """Swap two neighbouring digits, or drop the last where all are alike."""
    for place in range(len(code) - 1):
        if code[place] != code[place + 1]:
            return code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    return code[:-1]


def crowd(
    exchange: "Exchange",
    many: Crowd,
    *,
    count: int,
    codes: list[str],
    ring_later: "Callable[[float, Caller], None]",
) -> list[tuple[float, Caller]]:
    """Return the callers with their arrival in seconds.

    A code is handed out once, as cards are.
    """
    seed, left = exchange.seed, list(codes)
    found = []
    for place in range(count):
        name = f"caller-{place + 1}"
        kind = _share(
            drawn(seed, "code", name),
            {
                "right": many.right_share,
                "mistyped": many.mistyped_share,
                "guessed": many.guessed_share,
            },
            "none",
        )
        if kind in {"right", "mistyped"} and not left:
            kind = "guessed"
        code = (
            {"none": "", "guessed": _guess(seed, name)}.get(kind)
            if kind in {"none", "guessed"}
            else left.pop(0)
        )
        hidden = drawn(seed, "withheld", name) < many.withheld_share
        which = WITHHELD[int(drawn(seed, "how withheld", name) * len(WITHHELD))]
        caller = Caller(
            name=name,
            number=which if hidden else f"+316{20_000_000 + place:08}",
            language=_share(drawn(seed, "language", name), many.languages, "nl"),
            code_kind=kind,
            code=code or "",
            patience=many.patience * (0.3 + 1.4 * drawn(seed, "patience", name)),
            talk=many.talk * (0.3 + 1.4 * drawn(seed, "talk", name)),
            wants_call_back=drawn(seed, "call back", name) < many.call_back_share,
            voicemail=20 if drawn(seed, "voicemail", name) < many.voicemail_share else 0,
            exchange=exchange,
            ring_later=ring_later,
            again_after=many.again_after,
            again=many.again_times if drawn(seed, "again", name) < many.again_share else 0,
            own_number=f"06{20_000_000 + place:08}",
        )
        found.append((drawn(seed, "arrives", name) * many.within, caller))
    return sorted(found, key=lambda each: each[0])


def _share(draw: float, shares: dict[str, float], otherwise: str) -> str:
    for name, share in shares.items():
        if draw < share:
            return name
        draw -= share
    return otherwise


def _guess(seed: int, name: str) -> str:
    return str(1_000_000_000 + int(drawn(seed, "guess", name) * 8_999_999_999))
