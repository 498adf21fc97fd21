"""Reader of YAML that knows the line of every key and refuses what people do not write."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from store.errors import BadInput
from store.sentences import Sentence
from store.yaml_words import in_plain_yaml_words, scalar

LARGEST = 200_000
"""Bytes of a YAML file. A campaign file is a page or two, and reading this much takes seconds."""
DEEPEST = 20
"""Lists and groups of keys within each other. A campaign file has six."""
_MERGE = "<<"
_DIRECTIVE = re.compile(r"^\ufeff?%", re.MULTILINE)

Location = tuple[str | int, ...]


class Keys(dict[str, Any]):
    """A group of keys with the line of each (1 is the first)."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str, int] = {}


class Items(list[Any]):
    """A list with the line of each item (1 is the first)."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[int] = []


@dataclass(frozen=True, slots=True)
class Lines:
    """Where each key of a document stands."""

    document: Any

    def of(self, location: Location) -> int | None:
        """Return the line (1 is the first) of the deepest part of `location` that the document has."""
        line: int = 1
        node = self.document
        for part in location:
            match node:
                case Keys() if part in node:
                    line = node.lines[str(part)]
                case Items() if isinstance(part, int) and part < len(node):
                    line = node.lines[part]
                case _:
                    break
            node = node[part]
        return line


def read_yaml(path: Path) -> tuple[str, Keys, Lines]:
    """Return the text of a YAML file, its document, and where each key stands.

    Raises:
        BadInput: the file is empty, too large, not UTF-8, or not YAML that we take.
    """
    source = read_yaml_text(path)
    document, lines = parse_keys(source, str(path))
    return source, document, lines


def parse_keys(source: str, file: str) -> tuple[Keys, Lines]:
    """Return the document of a YAML text of keys, and where each stands.

    Raises:
        BadInput: it is empty, or not YAML that we take.
    """
    document = parse_yaml(source, file)
    if not isinstance(document, Keys):
        raise BadInput("holds no keys", "write key: value lines", file=file, line=1)
    return document, Lines(document)


def read_yaml_text(path: Path) -> str:
    """Return the text of a YAML file.

    Raises:
        BadInput: it is too large, or not UTF-8.
    """
    with path.open("rb") as file:
        return decode_yaml(file.read(LARGEST + 1), str(path))


def decode_yaml(raw: bytes, file: str) -> str:
    """Return the bytes of a YAML file as text.

    Raises:
        BadInput: they are too many, or not UTF-8.
    """
    if len(raw) > LARGEST:
        raise BadInput(
            Sentence("is larger than {largest:,} bytes", largest=LARGEST),
            "write a page or two",
            file=file,
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise BadInput("is not UTF-8", "save it as UTF-8", file=file, line=line) from None


def parse_yaml(text: str, file: str) -> Any:
    """Return the document of a YAML text. `file` is how complaints name it.

    Numbers, true, false and null are read as such. Dates stay text, and so does a number that
    begins with a nought, which is part of a telephone number or a code.

    Raises:
        BadInput: it is not YAML, or has an anchor, a type, a key twice or nests too deeply.
    """
    from ruamel.yaml import YAML

    if directive := _DIRECTIVE.search(text):
        line = text[: directive.start()].count("\n") + 1
        raise BadInput("begins with %", "put the text in quotes", file=file, line=line)
    try:
        return _Composer(file, YAML(typ="safe", pure=True).parse(text)).document()
    except BadInput:
        raise
    except Exception as error:  # noqa: BLE001  the parser raises more than its own errors
        raise in_plain_yaml_words(error, text, file) from None


class _Composer:
    """Puts a document together from the events of a parser, and stops at what is refused."""

    def __init__(self, file: str, events: Iterator[Any]) -> None:
        self._file = file
        self._events = events
        self._depth = 0

    def document(self) -> Any:
        from ruamel.yaml.events import DocumentStartEvent, StreamEndEvent, StreamStartEvent

        found: Any = None
        documents = 0
        for event in self._events:
            match event:
                case StreamStartEvent() | StreamEndEvent():
                    continue
                case DocumentStartEvent() if documents:
                    raise self._refused(event, "begins a second document", "write one in a file")
                case DocumentStartEvent():
                    documents, found = 1, self._node(next(self._events))
                    next(self._events)  # its end
        return found

    def _node(self, event: Any) -> Any:
        from ruamel.yaml.events import MappingStartEvent, ScalarEvent, SequenceStartEvent

        self._check(event)
        match event:
            case ScalarEvent():
                return scalar(event.value, plain=event.implicit[0])
            case SequenceStartEvent():
                return self._deeper(event, self._items)
            case MappingStartEvent():
                return self._deeper(event, self._keys)

    def _check(self, event: Any) -> None:
        """Refuse anchors, aliases and types, which multiply or change values unseen."""
        from ruamel.yaml.events import AliasEvent

        if isinstance(event, AliasEvent) or event.anchor:
            raise self._refused(
                event,
                f"{'refers to' if isinstance(event, AliasEvent) else 'has'} the anchor {event.anchor}",
                "anchors are not read: write the value out where it is meant",
            )
        if event.tag:
            raise self._refused(event, "names a type with !", "remove it, and write the value only")

    def _deeper(self, event: Any, read: Any) -> Any:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._refused(
                event, f"nests more than {DEEPEST} deep", "write fewer brackets within brackets"
            )
        found = read()
        self._depth -= 1
        return found

    def _items(self) -> Items:
        from ruamel.yaml.events import SequenceEndEvent

        items = Items()
        for event in self._events:
            if isinstance(event, SequenceEndEvent):
                break
            items.lines.append(event.start_mark.line + 1)
            items.append(self._node(event))
        return items

    def _keys(self) -> Keys:
        from ruamel.yaml.events import MappingEndEvent

        keys = Keys()
        for event in self._events:
            if isinstance(event, MappingEndEvent):
                break
            key = self._key(event)
            if key in keys.lines:
                raise self._refused(
                    event,
                    f"the key {key} stands here twice, first on line {keys.lines[key]}",
                    "remove one of the two",
                )
            keys.lines[key] = event.start_mark.line + 1
            keys[key] = self._node(next(self._events))
        return keys

    def _key(self, event: Any) -> str:
        from ruamel.yaml.events import AliasEvent, ScalarEvent

        if not isinstance(event, AliasEvent | ScalarEvent):
            raise self._refused(event, "has a key of more than one word", "write key: value")
        self._check(event)
        assert isinstance(event, ScalarEvent)  # noqa: S101  an alias was refused
        if event.value == _MERGE:
            raise self._refused(event, "merges other keys in with <<", "write the keys out")
        return str(event.value)

    def _refused(self, event: Any, problem: str, remedy: str) -> BadInput:
        return BadInput(problem, remedy, file=self._file, line=event.start_mark.line + 1)
