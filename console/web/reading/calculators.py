"""Calculators of the console, from what a form sends to figures."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from methods import calculators
from methods.sequential_boundaries import Kind
from store.errors import BadInput
from store.sentences import Sentence


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form, with how its text is read and an example."""

    name: str
    read: Callable[[str, str], Any]
    example: str


@dataclass(frozen=True, slots=True)
class Calculator:
    """One form, and the function that answers it."""

    compute: Callable[..., calculators.Figures]
    fields: tuple[Field, ...]


def _text(text: str, field: str) -> str:
    del field
    return text


def _some(text: str, field: str) -> str | None:
    del field
    return text or None


def _kind(text: str, field: str) -> Kind:
    try:
        return Kind(text)
    except ValueError:
        known = ", ".join(Kind)
        raise BadInput(
            Sentence("{seen} is not known", seen=text[:20]),
            Sentence("write {known}", known=known),
            field=field,
        ) from None


_POWER = Field("power", calculators.read_share, "0.8")
CALCULATORS: Mapping[str, Calculator] = {
    "compare": Calculator(
        calculators.compare, (Field("control", _text, "60/300"), Field("arm", _text, "400/1200"))
    ),
    "sample-size": Calculator(
        calculators.size_of_trial,
        (
            Field("control", calculators.read_share, "0.10"),
            Field("treated", calculators.read_share, "0.15"),
            _POWER,
        ),
    ),
    "detectable": Calculator(
        calculators.smallest_difference,
        (
            Field("control", calculators.read_share, "0.25"),
            Field("per_arm", calculators.read_whole, "2500"),
            _POWER,
        ),
    ),
    "erlang": Calculator(
        calculators.staffing,
        (
            Field("calls", calculators.read_number, "100"),
            Field("per", _text, "30m"),
            Field("handling", _text, "180s"),
            Field("agents", calculators.read_whole, "14"),
            Field("target", _text, "20s"),
            Field("patience", _some, ""),
        ),
    ),
    "pace": Calculator(
        calculators.pace,
        (
            Field("pieces", calculators.read_whole, "5000"),
            Field("waves", calculators.read_whole, "5"),
            Field("every", _text, "7d"),
            Field("callers", calculators.read_share, "0.15"),
        ),
    ),
    "boundaries": Calculator(
        calculators.looks_of_trial,
        (
            Field("looks", calculators.read_whole, "5"),
            Field("kind", _kind, Kind.OBRIEN_FLEMING.value),
        ),
    ),
}
"""Each form by its name, in the order of the page."""


def answer(what: str, given: Mapping[str, str]) -> dict[str, Any]:
    """Return the figures of a form.

    Raises:
        BadInput: There is no such calculator, or a field cannot be taken.
    """
    if (calculator := CALCULATORS.get(what)) is None:
        raise BadInput(Sentence("{seen} is not known", seen=what[:20]))
    values = {
        field.name: field.read(given.get(field.name, "").strip(), field.name)
        for field in calculator.fields
    }
    return calculator.compute(**values).as_data()
