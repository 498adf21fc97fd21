"""Counts of pieces whose address a sorting machine reads with trouble, by the reason.

A piece without a KIX code is read by its address alone, which costs time and sometimes the piece. So
does a smaller type, and a house number that stands alone on its line.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from channels.card.frames import MM
from channels.card.kix import PITCH, kix_text
from channels.card.layout import Layout
from channels.card.layout_checks import ORDINARY_LINES
from channels.card.typesetting import Fault, Typesetter
from channels.port import Message
from channels.press import fonts
from people.addresses import PostalAddress
from store.sentences import Sentence

ABROAD, NO_NUMBER, ADDITION, TOO_LONG, NO_ROOM = (
    "abroad",
    "no_number",
    "addition",
    "too_long",
    "no_room",
)
"""Reasons why a piece has no KIX code.

Its country is another, its place has no number, its addition has more than six signs or signs that
the code lacks, the code is wider than its place, or the address has too many lines above it.
"""


SMALLER, NUMBER_ALONE = "smaller", "number_alone"
"""Codes of a long address that is set in the smaller size, or with its number alone on a line."""
_WHY: Mapping[str, Sentence] = {
    ABROAD: Sentence("they go abroad"),
    NO_NUMBER: Sentence("the place has no house number"),
    ADDITION: Sentence("it cannot hold the addition of the house number"),
    TOO_LONG: Sentence("it is wider than its place"),
    NO_ROOM: Sentence("the address leaves no room for it"),
}
_NUMBER = re.compile(r"\d{1,5}\b.{0,8}")


def sentences(counts: Mapping[str, int], template: str) -> list[str]:
    """Return a sentence for each reason that some pieces of a template have."""
    said: list[str] = [
        Sentence(
            "{count:,} piece of {template} goes without a KIX code: {why}"
            if counts[reason] == 1
            else "{count:,} pieces of {template} go without a KIX code: {why}",
            count=counts[reason],
            template=template,
            why=why,
        )
        for reason, why in _WHY.items()
        if counts.get(reason)
    ]
    if smaller := counts.get(SMALLER):
        said.append(
            Sentence(
                "{count:,} address on {template} is long and set in the smaller size"
                if smaller == 1
                else "{count:,} addresses on {template} are long and set in the smaller size",
                count=smaller,
                template=template,
            )
        )
    if alone := counts.get(NUMBER_ALONE):
        said.append(
            Sentence(
                "{count:,} address on {template} has its house number alone on a line"
                if alone == 1
                else "{count:,} addresses on {template} have their house number alone on a line",
                count=alone,
                template=template,
            )
        )
    return said


def how_set(layout: Layout, typesetter: Typesetter, lines: Sequence[str]) -> tuple[str, ...]:
    """Return what is odd about the way in which an address is set."""
    frame, known = layout.address, fonts.advances(layout.address.font)
    room = frame.width * MM * 1000 / frame.size
    try:
        short = all(sum(map(known.__getitem__, line)) <= room for line in lines)
    except KeyError:  # a letter that cannot be printed: it is held for that
        return ()
    if short and len(lines) <= ORDINARY_LINES:
        return ()
    found = typesetter.set_text(frame, "\n".join(lines))
    if isinstance(found, Fault):
        return ()
    alone = any(_NUMBER.fullmatch(line) for line in found.texts if line not in lines)
    return (*([SMALLER] if found.size < frame.size else []), *([NUMBER_ALONE] if alone else []))


def count_troubles(layout: Layout, messages: Iterable[Message]) -> Mapping[str, int]:
    """Return how many pieces have each reason, of those without a code and of how they are set."""
    typesetter, counts = Typesetter(layout), Counter[str]()
    for message in messages:
        counts.update(how_set(layout, typesetter, message.address_lines))
        counts[why_without(layout, typesetter, message)] += 1
    del counts[""]
    return counts


def why_without(layout: Layout, typesetter: Typesetter, message: Message) -> str:
    """Return why a piece has no KIX code, or an empty string where it has one or none was asked for."""
    to = message.to
    if layout.kix is None or not isinstance(to, PostalAddress):
        return ""
    if reason := why_no_code(layout, to):
        return reason
    if len(message.address_lines) <= ORDINARY_LINES:
        return ""  # a layout without room for these is refused
    lines = typesetter.set_text(layout.address, "\n".join(message.address_lines))
    if isinstance(lines, Fault):
        return ""
    return "" if layout.kix_top(lines.size, lines.places[-1][1]) is not None else NO_ROOM


def why_no_text(address: PostalAddress) -> str:
    """Return why there is no KIX code for an address on any paper, or an empty string."""
    if address.country != "NL":
        return ABROAD
    if address.house_number is None:
        return NO_NUMBER
    return "" if kix_text(address) else ADDITION


def why_no_code(layout: Layout, address: PostalAddress) -> str:
    """Return why no KIX code stands below an address on this layout, whatever lines it has."""
    if layout.kix is None:
        return ""
    if reason := why_no_text(address):
        return reason
    return TOO_LONG if 4 * len(kix_text(address)) * PITCH > layout.kix.width else ""


def without_code(counts: Mapping[str, int]) -> Mapping[str, int]:
    """Return the reasons why there is no code, of all that were counted."""
    return {why: count for why, count in counts.items() if why not in {SMALLER, NUMBER_ALONE}}
