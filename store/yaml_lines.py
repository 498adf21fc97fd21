"""Read YAML so that every complaint can name its line."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from store.errors import BadInput

LARGEST = 1_000_000
"""Bytes; a campaign file is a page or two."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Where each key of a document stands."""

    document: Any

    def of(self, location: tuple[str | int, ...]) -> int | None:
        """Return the line (1 is the first) of the deepest part of `location` that the document has."""
        from ruamel.yaml.comments import CommentedMap, CommentedSeq

        line: int = 1
        node = self.document
        for part in location:
            match node:
                case CommentedMap() if part in node:
                    line = node.lc.key(part)[0] + 1
                case CommentedSeq() if isinstance(part, int) and part < len(node):
                    line = node.lc.item(part)[0] + 1
                case _:
                    break
            node = node[part]
        return line


def read_yaml(path: Path) -> tuple[str, Any, Lines]:
    """Return the text of a YAML file, its document as plain values, and where each key stands.

    Raises:
        BadInput: the file is empty, too large, not UTF-8, or not YAML.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    raw = path.read_bytes()
    if len(raw) > LARGEST:
        raise BadInput(f"is {len(raw):,} bytes long", "write a page or two", file=str(path))
    try:
        source = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise BadInput("is not UTF-8", "save it as UTF-8", file=str(path), line=line) from None
    try:
        document = YAML(typ="rt", pure=True).load(source)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = " ".join((error.problem or error.context or "cannot be read").split())
        at: int | None = mark.line + 1 if mark else None
        raise BadInput(
            f"is not YAML: {problem}",
            "look at the indentation and the quotes",
            file=str(path),
            line=at,
        ) from None
    except (YAMLError, ValueError, RecursionError) as error:
        raise BadInput(f"is not YAML: {str(error).splitlines()[0]}", "", file=str(path)) from None
    if not isinstance(document, CommentedMap):
        raise BadInput("holds no keys", "write key: value lines", file=str(path), line=1)
    return source, _plain(document), Lines(document)


def _plain(node: Any) -> Any:
    match node:
        case dict():
            return {key: _plain(value) for key, value in node.items()}
        case list():
            return [_plain(value) for value in node]
        case str():
            return str(node)
        case _:
            return node
