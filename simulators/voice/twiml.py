"""Parser of TwiML, as strict as a telephone network.

Unknown elements are skipped with a warning, as the real provider does. A value that cannot be meant
(a queue's name of seventy letters, an invalid number of digits) is refused, so that a rehearsal
finds it and not a citizen.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

LONGEST_NAME = 64
_BAD_DOCUMENT, _BAD_VALUE = 12100, 12200


class NotTwiml(Exception):
    """A response that no telephone network can follow.

    `code` is the one that the real provider would log.
    """

    def __init__(self, problem: str, code: int = _BAD_DOCUMENT) -> None:
        super().__init__(problem)
        self.code = code


@dataclass(frozen=True, slots=True)
class Say:
    """Words to speak."""

    text: str
    language: str = ""
    loop: int = 1  # 0: for ever


@dataclass(frozen=True, slots=True)
class Play:
    """A recording to play."""

    url: str
    loop: int = 1


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence, in seconds."""

    length: float = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Gather:
    """Keys to collect while the prompts play."""

    prompts: tuple[Say | Play | Pause, ...]
    action: str = ""
    method: str = "POST"
    digits: int = 0  # 0: as many as come
    finish_on: str = "#"
    timeout: float = 5  # seconds after the last key, or after the prompts
    even_empty: bool = False

    @property
    def words(self) -> str:
        """All words of its prompts."""
        return " ".join(each.text for each in self.prompts if isinstance(each, Say))


@dataclass(frozen=True, slots=True)
class Redirect:
    """Continue at another URL."""

    url: str
    method: str = "POST"


@dataclass(frozen=True, slots=True, kw_only=True)
class Enqueue:
    """Wait in a queue."""

    name: str
    action: str = ""
    method: str = "POST"
    wait_url: str | None = None  # None: music of the provider's own
    wait_method: str = "POST"


@dataclass(frozen=True, slots=True)
class Leave:
    """Leave the queue."""


@dataclass(frozen=True, slots=True)
class Hangup:
    """End the call."""


@dataclass(frozen=True, slots=True)
class Reject:
    """Do not answer at all."""

    reason: str = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Noun:
    """A target to dial, which is a number, a client or the front of a queue."""

    kind: str  # Number | Client | Queue
    to: str
    url: str = ""
    method: str = "POST"
    callback: str = ""
    events: tuple[str, ...] = ("completed",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dial:
    """Connect with somebody.

    Several nouns ring at once.
    """

    nouns: tuple[Noun, ...]
    action: str = ""
    method: str = "POST"
    timeout: float = 30
    caller_id: str = ""
    limit: float = 14_400  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Record a message."""

    action: str = ""
    method: str = "POST"
    timeout: float = 5
    longest: float = 3600  # seconds
    finish_on: str = "1234567890*#"
    callback: str = ""


Verb = Say | Play | Pause | Gather | Redirect | Enqueue | Leave | Hangup | Reject | Dial | Record


@dataclass(frozen=True, slots=True)
class Script:
    """A document with its verbs and warnings."""

    verbs: tuple[Verb, ...]
    warnings: tuple[str, ...] = ()


@dataclass
class _Reader:
    warnings: list[str] = field(default_factory=list)

    def verbs(self, parent: Element) -> Iterator[Verb]:
        for element in parent:
            read = _READERS.get(element.tag)
            if read is None:
                self.warnings.append(f"<{element.tag}> in <{parent.tag}> is passed over")
            else:
                yield read(self, element)

    def gather(self, element: Element) -> Gather:
        read = list(self.verbs(element))
        prompts = tuple(each for each in read if isinstance(each, (Say, Play, Pause)))
        if len(prompts) < len(read):
            raise NotTwiml("only <Say>, <Play> and <Pause> may stand in <Gather>", _BAD_VALUE)
        if "dtmf" not in element.get("input", "dtmf").split():
            self.warnings.append("<Gather> listens to speech only: nobody here can answer it")
        return Gather(
            prompts=prompts,
            action=element.get("action", ""),
            method=_method(element),
            digits=int(_number(element, "numDigits", 0)),
            finish_on=element.get("finishOnKey", "#"),
            timeout=_number(element, "timeout", 5),
            even_empty=element.get("actionOnEmptyResult", "false") == "true",
        )

    def dial(self, element: Element) -> Dial:
        nouns = tuple(
            self._noun(each) for each in element if each.tag in {"Number", "Client", "Queue"}
        )
        self.warnings += [
            f"<{each.tag}> in <Dial> is passed over" for each in element if each.tag not in _NOUNS
        ]
        if text := (element.text or "").strip():
            nouns = (*nouns, Noun(kind="Number", to=text))
        if not nouns:
            raise NotTwiml("<Dial> dials nobody", _BAD_VALUE)
        return Dial(
            nouns=nouns,
            action=element.get("action", ""),
            method=_method(element),
            timeout=_number(element, "timeout", 30),
            caller_id=element.get("callerId", ""),
            limit=_number(element, "timeLimit", 14_400),
        )

    def _noun(self, element: Element) -> Noun:
        identity = element.find("Identity")
        to = (identity.text if identity is not None else element.text) or ""
        if not to.strip():
            raise NotTwiml(f"<{element.tag}> is empty", _BAD_VALUE)
        events = tuple(element.get("statusCallbackEvent", "completed").split())
        return Noun(
            kind=element.tag,
            to=to.strip(),
            url=element.get("url", ""),
            method=_method(element),
            callback=element.get("statusCallback", ""),
            events=events,
        )


def read(document: str) -> Script:
    """Parse one response.

    Raises:
        NotTwiml: it is no TwiML, or says something that cannot be done.
    """
    if not document.strip():
        return Script(())  # an empty answer is an empty <Response>
    try:
        root = ET.fromstring(document)  # noqa: S314  what our own house answers, on this machine
    except ET.ParseError as error:
        raise NotTwiml(f"it is not XML: {error}") from error
    if root.tag != "Response":
        raise NotTwiml(f"<{root.tag}> is no <Response>")
    reader = _Reader()
    return Script(tuple(reader.verbs(root)), tuple(reader.warnings))


def _text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _method(element: Element, name: str = "method") -> str:
    given = element.get(name, "POST").upper()
    if given not in {"GET", "POST"}:
        raise NotTwiml(f"{name} of <{element.tag}> is neither GET nor POST", _BAD_VALUE)
    return given


def _number(element: Element, name: str, default: float) -> float:
    given = element.get(name)
    if given is None or (name == "timeout" and given == "auto"):
        return default
    try:
        found = float(given)
    except ValueError:
        found = -1
    if found < 0:
        raise NotTwiml(f"{name} of <{element.tag}> is no number: {given}", _BAD_VALUE)
    return found


def _enqueue(_: _Reader, element: Element) -> Enqueue:
    name = _text(element)
    if not 0 < len(name) <= LONGEST_NAME:
        raise NotTwiml(f"a queue's name has 1 to {LONGEST_NAME} letters", _BAD_VALUE)
    return Enqueue(
        name=name,
        action=element.get("action", ""),
        method=_method(element),
        wait_url=element.get("waitUrl"),
        wait_method=_method(element, "waitUrlMethod"),
    )


def _record(_: _Reader, element: Element) -> Record:
    return Record(
        action=element.get("action", ""),
        method=_method(element),
        timeout=_number(element, "timeout", 5),
        longest=_number(element, "maxLength", 3600),
        finish_on=element.get("finishOnKey", "1234567890*#"),
        callback=element.get("recordingStatusCallback", ""),
    )


_NOUNS = {"Number", "Client", "Queue"}
_READERS: dict[str, Callable[[_Reader, Element], Verb]] = {
    "Say": lambda _, each: Say(
        _text(each), each.get("language", ""), int(_number(each, "loop", 1))
    ),
    "Play": lambda _, each: Play(_text(each), int(_number(each, "loop", 1))),
    "Pause": lambda _, each: Pause(_number(each, "length", 1)),
    "Gather": _Reader.gather,
    "Redirect": lambda _, each: Redirect(_text(each), _method(each)),
    "Enqueue": _enqueue,
    "Leave": lambda _, __: Leave(),
    "Hangup": lambda _, __: Hangup(),
    "Reject": lambda _, each: Reject(each.get("reason", "rejected")),
    "Dial": _Reader.dial,
    "Record": _record,
}
