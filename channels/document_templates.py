"""JSON documents of outside systems described in a file, filled in and searched by path."""

import re
from collections.abc import Mapping
from typing import Any


def filled(form: Any, values: Mapping[str, Any]) -> Any:
    """Return a document with every word in braces filled in.

    It is done once, so a value that is filled in is not searched for braces.

    A word that stands alone keeps its kind: a list stays a list.
    """
    match form:
        case str() if (whole := re.fullmatch(r"\{(\w+)\}", form)) and whole[1] in values:
            return values[whole[1]]
        case str():
            return re.sub(r"\{(\w+)\}", lambda found: str(values.get(found[1], found[0])), form)
        case dict():
            return {name: filled(value, values) for name, value in form.items()}
        case list():
            return [filled(value, values) for value in form]
        case _:
            return form


def read_json(answer: Any) -> Any:
    """Return the JSON body of an HTTP response, or None where it has none."""
    try:
        return answer.json()
    except ValueError:
        return None


def found_at(document: Any, path: str) -> str:
    """Return the value at a dotted path, as `results.0.id`, or an empty string where there is none."""
    value = document
    for step in path.split(".") if path else ():
        if isinstance(value, list):
            value = value[int(step)] if step.isdigit() and int(step) < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return "" if value is None or isinstance(value, dict | list) else str(value)
