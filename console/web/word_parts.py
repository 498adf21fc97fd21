"""Parts of a template's words, to be edited one by one."""

import re
from collections.abc import Mapping

_PART = re.compile(r"(\{% block (\w+) %\})(.*?)(\{% endblock %\})", re.DOTALL)


def parts_of(source: str) -> dict[str, str]:
    """Return the words of each part, as they are written."""
    return {each[2]: each[3].strip("\n") for each in _PART.finditer(source)}


def with_parts(source: str, parts: Mapping[str, str]) -> str:
    """Return the words with other parts. A part that stays the same is not touched."""

    def put(found: re.Match[str]) -> str:
        before = found[3]
        words = parts.get(found[2], before)
        if words.strip() == before.strip():
            return found[0]
        edge = "\n" if before.startswith("\n") or "\n" in words else ""
        return f"{found[1]}{edge}{words}{edge}{found[4]}"

    return _PART.sub(put, source)
