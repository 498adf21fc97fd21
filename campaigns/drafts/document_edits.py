"""Edits of the YAML text of a campaign file, which leave the rest of it and its comments as they are."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from io import StringIO
from typing import Any

from store.yaml_lines import parse_keys

Location = tuple[str | int, ...]
_NAME = "campaign.yaml"
_ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_WIDE = 1000
"""Characters of a line, so that a long text is not broken."""


def document_of(source: str, file: str = _NAME) -> dict[str, Any]:
    """Return the document of a YAML text as plain values.

    Raises:
        BadInput: it is not YAML that we take.
    """
    document, _ = parse_keys(source, file)
    return {key: _plain(value) for key, value in document.items()}


def value_at(document: Any, place: Location) -> Any:
    """Return the value at a place, or None where there is none."""
    for part in place:
        if isinstance(part, int):
            document = (
                document[part] if isinstance(document, list) and part < len(document) else None
            )
        else:
            document = document.get(part) if isinstance(document, dict) else None
    return document


def fingerprint(document: Any, places: Iterable[Location]) -> str:
    """Return a short hash over the values at these places."""
    values = [value_at(document, place) for place in places]
    return hashlib.sha256(json.dumps(values, default=str).encode()).hexdigest()[:16]


def edited(source: str, changes: Mapping[Location, Any]) -> str:
    """Return the text with these values at their places. None takes the key away.

    Comments stay where they can. What is written reads back as exactly these values.

    Raises:
        BadInput: the text is not YAML that we take.
    """
    expected = document_of(source)
    if not changes:
        return source
    for place, value in changes.items():
        expected = _put(expected, place, value)
    wanted = _as_read(expected)
    kept = _kept_comments(source, changes)
    return kept if kept is not None and document_of(kept) == wanted else written(expected)


def _kept_comments(source: str, changes: Mapping[Location, Any]) -> str | None:
    """Return the text edited in place, or None where the editor cannot follow."""
    yaml = _editor()
    try:
        document = yaml.load(source)
        for place, value in changes.items():
            document = _put(document, place, _escaped(value))
        return _dumped(yaml, document)
    except Exception:  # noqa: BLE001  then it is written anew, without comments
        return None


def written(document: Mapping[str, Any]) -> str:
    """Return values as the YAML text of a campaign file."""
    return _dumped(_editor(), _escaped(document))


def _escaped(node: Any) -> Any:
    """Return values with control signs in double quotes, since YAML ends a line at some of them."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    if isinstance(node, Mapping):
        return {key: _escaped(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_escaped(each) for each in node]
    odd = isinstance(node, str) and _ODD.search(node)
    return DoubleQuotedScalarString(node) if odd else node


def _editor() -> Any:
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.width = _WIDE
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _dumped(yaml: Any, document: Any) -> str:
    out = StringIO()
    yaml.dump(document, out)
    return out.getvalue()


def _put(document: Any, place: Location, value: Any) -> Any:
    """Put a value at a place, making the groups and lists on the way. Return the document."""
    if not place:
        return value
    part, rest = place[0], place[1:]
    if isinstance(part, int):
        document = document if isinstance(document, list) else []
        while len(document) <= part:
            document.append(None)
        if value is None and not rest:
            del document[part]
        else:
            document[part] = _put(document[part], rest, value)
        return document
    document = document if isinstance(document, dict) else {}
    if value is not None:
        document[part] = _put(document.get(part), rest, value)
    elif not rest:
        document.pop(part, None)
    elif part in document:
        document[part] = _put(document[part], rest, value)
        if document[part] in ({}, []):
            del document[part]
    return document


def _plain(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _plain(value) for key, value in node.items()}
    return [_plain(each) for each in node] if isinstance(node, list) else node


def _as_read(node: Any) -> Any:
    """Return values as the reader of campaign files returns them, a date as text."""
    if isinstance(node, dict):
        return {key: _as_read(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_as_read(each) for each in node]
    return node.isoformat() if isinstance(node, date) else node
