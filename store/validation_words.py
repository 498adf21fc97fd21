"""Plain words for what pydantic refuses, so that its own wording reaches nobody."""

import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from store.errors import BadInput, SeveralRefused
from store.sentences import Sentence, divided

Location = tuple[str | int, ...]
Kind = Any  # a model, or any other type that pydantic validates
_SHOWN = 60  # characters of a value that are repeated
_FEW = 12  # keys that are listed; more are looked up

# The first word of an error's type, or all of it; then what the value is not, and how to write it.
_WORDS = [
    ("bool", "is not true or false", "write true or false"),
    ("dict", "is not a group of keys", "write its keys and their values"),
    ("mapping", "is not a group of keys", "write its keys and their values"),
    ("model", "is not a group of keys", "write its keys and their values"),
    ("list", "is not a list", "write it in square brackets"),
    ("tuple", "is not a list", "write it in square brackets"),
    ("set", "is not a list", "write it in square brackets"),
    ("frozen_set", "is not a list", "write it in square brackets"),
    ("string_type", "is not a text", "write it in quotes"),
    ("string_unicode", "is not a text", "write it in UTF-8"),
    ("path", "is not the name of a file", "write it in quotes"),
    ("int", "is not a whole number", "write it in digits, as 12"),
    ("float", "is not a number", "write it in digits, as 0.5"),
    ("decimal_max_places", "has too many decimals", "write at most four, as 0.0753"),
    ("decimal", "is not a number", "write it in digits, as 0.62"),
    ("finite", "is not a number", "write it in digits, as 0.5"),
    ("datetime", "is not a date and time", "write it as 2023-06-01T09:00"),
    ("timezone", "has no time zone", "write it as 2023-06-01T09:00+02:00"),
    ("date", "is not a date", "write it as 2023-06-01"),
    ("time", "is not a time of day", "write it as 09:30"),
    ("uuid", "is not a key of this form", "copy it as it was given"),
    ("none", "is not empty", "leave it out"),
    ("missing", "is missing", "write it"),
    ("extra", "is not a known key", "remove it"),
    ("json", "is not JSON", "send one JSON document"),
]
_UNKNOWN = "is not what belongs here"
_BOUNDS = {
    "greater_than": ("is too small", "write a number above {gt}"),
    "greater_than_equal": ("is too small", "write a number of at least {ge}"),
    "less_than": ("is too large", "write a number below {lt}"),
    "less_than_equal": ("is too large", "write a number of at most {le}"),
    "multiple_of": ("is not a multiple of {multiple_of}", "write one"),
    "string_too_short": ("is too short", "write at least {min_length} characters"),
    "string_too_long": ("is too long", "write at most {max_length} characters"),
    "string_pattern_mismatch": ("is not of the right form", "write it to match {pattern}"),
    "too_short": ("holds too few", "write at least {min_length}"),
    "too_long": ("holds too many", "write at most {max_length}"),
    "literal_error": ("is not a known word", "write {expected}"),
    "enum": ("is not a known word", "write {expected}"),
}
_BOUNDS_OF_DAYS = {
    "greater_than_equal": ("is too early", "write a day from {ge}"),
    "less_than_equal": ("is too late", "write a day up to {le}"),
}
_CLEAR = _BOUNDS.keys() - {"string_pattern_mismatch"}
"""Where the remedy says it all."""
_NOT_A_WHOLE = {"value_error", "assertion_error"}
_FORM = re.compile(r"[\[(]|^constrained-|^(str|int|float|bool|none)$|^function-|^model")
"""What pydantic calls one of several forms that a value may have."""
_NOT_ABOUT_A_VALUE = ("missing", "extra", "json")


def in_words(error: Mapping[str, Any], *, repeat: bool = True) -> tuple[str, str]:
    """Return what is wrong by one of pydantic's errors, and the remedy.

    A validator of our own says both itself, as "is not a folder; write it as in/kaartje".

    Args:
        error: One of `ValidationError.errors()`.
        repeat: Whether the refused value is repeated; not where it may be about somebody.
    """
    kind, context = error["type"], error.get("ctx", {})
    if kind in {"value_error", "assertion_error"}:
        return divided(_said(context.get("error")), "; ")
    if error.get("input", ...) is None and kind != "missing":
        return Sentence("is empty"), Sentence("write a value, or leave it out")
    problem, remedy = _BOUNDS.get(kind) or _worded(kind)
    if kind in _BOUNDS_OF_DAYS and isinstance(next(iter(context.values()), None), str):
        problem, remedy = _BOUNDS_OF_DAYS[kind]
    if kind == "string_too_short" and context.get("min_length") == 1:
        remedy = "write at least one character"
    limits = {name: _plain(limit) for name, limit in context.items()}
    problem, remedy = Sentence(problem, **limits), Sentence(remedy, **limits)
    if repeat and not kind.startswith(_NOT_ABOUT_A_VALUE):
        problem = Sentence("{seen} {problem}", seen=_shown(error["input"]), problem=problem)
    return problem, remedy


def _said(error: object) -> str:
    """Return the message of a validator of our own, which may be a sentence with values."""
    message = error.args[0] if isinstance(error, Exception) and error.args else error
    return message if isinstance(message, str) else _UNKNOWN


def _worded(kind: str) -> tuple[str, str]:
    for start, problem, remedy in _WORDS:
        if kind.startswith(start):
            return problem, remedy
    return _UNKNOWN, ""


def _plain(limit: object) -> object:
    return int(limit) if isinstance(limit, float) and limit.is_integer() else limit


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _once(complaints: list[Any]) -> list[Any]:
    """Return complaints without those that only follow from another.

    A list is too short where its only item was refused, and of a choice between two forms the one
    that went deeper was meant.
    """
    places = [_location(each) for each in complaints]
    return [
        each
        for each, place in zip(complaints, places, strict=True)
        if not any(len(other) > len(place) and other[: len(place)] == place for other in places)
        or each["type"] in _NOT_A_WHOLE
    ]


def refused(
    error: ValidationError,
    kind: Kind,
    *,
    file: str,
    name: str,
    see: str = "",
    assign: str = ":",
    line_of: Callable[[Location], int | None] = lambda _: None,
) -> BadInput:
    """Return everything that is wrong with a document, one complaint for each key.

    Args:
        error: What pydantic found.
        kind: The model, or the type, that the document was read as.
        file: As complaints name it.
        name: What such a document is called, as "a campaign file".
        see: Where its keys are explained.
        assign: What stands between a key and its value.
        line_of: Returns the line of a key, where that is known.
    """
    complaints = _once(list(error.errors(include_url=False)))
    absent = {_location(each) for each in complaints if each["type"] == "missing"}
    meant = {
        _location(each): _meant(_location(each), kind, absent)
        for each in complaints
        if each["type"] == "extra_forbidden"
    }
    found = []
    for each in complaints:
        location = _location(each)
        if each["type"] == "missing" and location in meant.values():
            continue  # it is there, misspelled, and that is said already
        problem, remedy = in_words(each)
        match each["type"]:
            case "extra_forbidden":
                problem, remedy = (
                    Sentence("is not a known key of {name}", name=name),
                    _which(location, kind, meant),
                )
            case "missing":
                remedy = Sentence(
                    "write {location}{assign} …", location=location[-1], assign=assign
                )
            case "string_pattern_mismatch":
                remedy = _described(location, kind) or remedy
            case "value_error":
                location, problem = _named(location, problem, kind)
        if see and not remedy.endswith("?") and each["type"] not in _CLEAR:
            remedy = (
                Sentence("{remedy}, or see {see}", remedy=remedy, see=see)
                if remedy
                else Sentence("see {see}", see=see)
            )
        field = ".".join(map(str, location)) or None
        found.append(BadInput(problem, remedy, file=file, line=line_of(location), field=field))
    return SeveralRefused.of(found)


def _location(error: Mapping[str, Any]) -> Location:
    return tuple(
        part for part in error["loc"] if isinstance(part, int) or not _FORM.search(str(part))
    )


def _named(location: Location, problem: str, kind: Kind) -> tuple[Location, str]:
    """Return the key that a validator of a whole model names before a colon."""
    key, rest = divided(problem, ": ")
    named = rest and not location and key in _fields_at(kind, ())
    return ((key,), rest) if named else (location, problem)


def _meant(extra: Location, kind: Kind, absent: set[Location]) -> Location | None:
    """Return the key that an unknown key was probably meant to be, a missing one first."""
    beside = [str(key[-1]) for key in absent if key[:-1] == extra[:-1]]
    for known in (beside, _keys_at(kind, extra[:-1])):
        if close := get_close_matches(str(extra[-1]), known, n=1):
            return (*extra[:-1], close[0])
    return None


def _which(location: Location, kind: Kind, meant: Mapping[Location, Location | None]) -> str:
    if other := meant[location]:
        return Sentence("did you mean {other}?", other=other[-1])
    known = _keys_at(kind, location[:-1])
    return (
        Sentence("remove it, or write one of {known}", known=", ".join(known))
        if 0 < len(known) <= _FEW
        else "remove it"
    )


def _described(location: Location, kind: Kind) -> str:
    field = _fields_at(kind, location[:-1]).get(location[-1])
    said = field.description if field else None
    return Sentence("use {first}{rest}", first=said[0].lower(), rest=said[1:]) if said else ""


def _keys_at(kind: Kind, location: Location) -> list[str]:
    return list(map(str, _fields_at(kind, location)))


def _fields_at(kind: Kind, location: Location) -> dict[str | int, FieldInfo]:
    """Return the fields that a model has at a place in a document, and none where keys are free."""
    kinds = [kind]
    for part in location:
        kinds = [inner for each in kinds for inner in _inside(each, part)]
    return {
        name: field
        for each in kinds
        for whole in _options(each)
        for name, field in _fields(whole).items()
    }


def _inside(kind: Kind, part: str | int) -> Iterator[Kind]:
    for each in _options(kind):
        if fields := _fields(each):
            if part in fields:
                yield fields[part].annotation
        elif arguments := [given for given in get_args(each) if given is not Ellipsis]:
            yield arguments[-1]  # of a mapping the value, of a list the element


def _fields(kind: Kind) -> dict[str | int, FieldInfo]:
    if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
        return {}
    return {field.alias or name: field for name, field in kind.model_fields.items()}


def _options(kind: Kind) -> Iterator[Kind]:
    """Yield each of a union, without what is annotated."""
    origin: Any = get_origin(kind)
    if origin is Annotated:
        yield from _options(get_args(kind)[0])
    elif origin in {Union, UnionType}:
        for each in get_args(kind):
            yield from _options(each)
    elif kind is not NoneType:
        yield kind
