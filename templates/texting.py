"""Rules of a text message that no word list can check.

These are a way to object, no name, and for an appointment its date, time and street.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from store.sentences import Sentence
from templates.descriptions import look_up

if TYPE_CHECKING:
    from templates.language_scripts import Script

_APPOINTMENT = ("appointment.date", "appointment.time", "appointment.street")
STOP = "stop"
"""The part of a text that says how to object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """Something that a text lacks or must not have."""

    line: int
    part: str
    word: str
    why: str
    remedy: str


def about_an_appointment(script: "Script") -> bool:
    """Say whether a text is about an appointment."""
    return any(name.startswith("appointment.") for name in script.names)


def lacks(script: "Script", parts: Mapping[str, str], context: Mapping[str, Any]) -> Iterator[Lack]:
    """Yield the things that one language of a text lacks or must not have.

    Args:
        script: as it was written.
        parts: its parts in words, with the values of `context`.
        context: the campaign's own values, or a preview's.
    """
    yield from _names_nobody(script)
    yield from _says_how_to_object(script, parts, context)
    if about_an_appointment(script):
        yield from _says_when_and_where(script)


def _names_nobody(script: "Script") -> Iterator[Lack]:
    for name, line in script.names.items():
        if name.startswith("person."):
            why = Sentence("names somebody, and a number may have been given to another since")
            yield Lack(
                line=line, part="names", word=name, why=why, remedy="leave the name out of a text"
            )


def _says_how_to_object(
    script: "Script", parts: Mapping[str, str], context: Mapping[str, Any]
) -> Iterator[Lack]:
    number = look_up(context, "line.number")
    way_out = parts.get(STOP, "")
    where = script.parts.get(STOP, 1)
    if "STOP" not in way_out and not (number and str(number) in way_out):
        why = Sentence("does not say how to object: by an answer STOP, or at the line's number")
        yield Lack(
            line=where,
            part=STOP,
            word=way_out[:40],
            why=why,
            remedy="add {% block stop %} that says so",
        )


def _says_when_and_where(script: "Script") -> Iterator[Lack]:
    for name in _APPOINTMENT:
        if name not in script.names:
            yield Lack(
                line=1,
                part="names",
                word=name,
                why=Sentence("is what somebody must know of an appointment"),
                remedy=Sentence("say {{{{ {name} }}}}", name=name),
            )
    for name, line in script.names.items():
        if name.startswith("appointment.") and name not in _APPOINTMENT:
            why = Sentence("is more of an appointment than a housemate may read")
            yield Lack(
                line=line,
                part="names",
                word=name,
                why=why,
                remedy="give date, time and street, and nothing else",
            )
