"""The contact card that every engine of `benchmarks.cards` makes, with five merged fields.

A drawn front, and a back with about 85 words, an address of three lines, a KIX code and a QR code.
The people are invented. The same count always gives the same cards.
"""

from collections.abc import Iterator
from functools import cache
from itertools import islice
from random import Random
from typing import Any

from channels.card.layout import Layout, read_layout
from channels.card.order import Order
from channels.card.typesetting import Fault, Setting, Typesetter
from channels.codes import printed, response_code
from channels.examples import MADE_AT
from channels.port import Message
from people.addresses import PostalAddress
from people.invented.vocabulary import ORIGINS, STREETS, TOWNS
from templates.texts import load

SITE = "https://voorbeeldstad.example/k"
BODY = (
    "{salutation}, soms komt er veel tegelijk. Dan is het fijn als iemand meekijkt. Dat doen we graag, aan de telefoon"
    " of bij ons aan tafel in {town}.\nVertel gerust wat u bezighoudt. We luisteren eerst. Daarna kijken we samen wat u"
    " helpt. Houd de code {code} bij de hand als u belt.\nWoont u niet meer op {street}? Laat het ons dan weten, dan"
    " schrijven we u daar niet meer. Bellen kost niets, u zit nergens aan vast, en wij vragen u niets wat u niet wilt"
    " zeggen.\nHartelijke groet, {agent} van Team Even Bellen"
)


@cache
def order() -> Order:
    """Return what the cards have in common."""
    return Order(layout=layout(), title="Benchmark", made_at=MADE_AT, site=SITE)


@cache
def layout() -> Layout:
    """Return the contact card's layout with a smaller body, since more is said in it."""
    data: dict[str, Any] = dict(load("contact-card").layout)
    sizes = {"text": {"size": 7.0, "small": 6.0, "height": 34, "gap": 0.2}}
    data["frames"] = [{**frame, **sizes.get(frame["part"], {})} for frame in data["frames"]]
    return read_layout(data)


def cards(count: int) -> list[Message]:
    """Return the first `count` cards."""
    return list(stream(count))


def stream(count: int) -> Iterator[Message]:
    """Yield the first `count` cards, each made when it is asked for."""
    return islice(_endless(), count)


def settings(typesetter: Typesetter, message: Message) -> tuple[Setting, ...]:
    """Return the typeset texts of a card. Every card of the benchmark fits."""
    made = typesetter.set_message(message)
    if isinstance(made, Fault):
        raise TypeError(made.detail)
    return made


def _endless() -> Iterator[Message]:
    draw, words, number = Random(2023), load("contact-card").preview().parts, 0
    while True:
        number += 1
        origin = draw.choice(ORIGINS)
        prefix, _, family = draw.choice(origin.families).rpartition("|")
        name = " ".join(
            part for part in (f"{draw.choice('ABCDEHJKLMNPRST')}.", prefix, family) if part
        )
        town = draw.choice(TOWNS)
        home = PostalAddress(
            street=draw.choice(STREETS),
            house_number=draw.randrange(1, 400),
            house_letter="",
            house_addition=draw.choice(("", "", "II", "hs")),
            postcode=f"{draw.randrange(1000, 9999)}{draw.choice(('AB', 'CD', 'XZ'))}",
            town=town.name,
        )
        code = response_code(draw.randrange(900_000_000))
        fields = {
            "salutation": f"Beste {name}",
            "town": home.town,
            "street": home.street,
            "code": printed(code),
        }
        body = BODY.format(agent="Henri", **fields)
        own = {**words, "greeting": f"Beste {name},", "text": body}
        yield Message(
            touch_id=number,
            to=home,
            address_lines=(name, *home.lines()),
            words=own,
            language="nl",
            code=code,
        )
