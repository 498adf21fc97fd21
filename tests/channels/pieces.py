"""Pieces of post for the tests of composing and of the gate: invented people with names that are hard to print."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from channels.card.composing import compose_run
from channels.card.layout import Layout, read_layout
from channels.card.order import Order, SetCard
from channels.card.typesetting import Fault, Typesetter
from channels.examples import MADE_AT, example_message
from channels.pieces import piece_id
from channels.port import Message
from channels.press.compression import Deflater
from people.addresses import PostalAddress
from templates.texts import load

SITE = "https://voorbeeldstad.example/k"
NAMES = (
    "Noël van Óost-'t Hooft",
    "Çiğdem Şahin-Yıldız",  # noqa: RUF001  a Turkish name
    "Łukasz Żółć (junior)",
    "Nguyễn Thị Ánh",
    "Иван Петров",
    "Αθηνά Παπαδοπούλου",
    "A. \\ de Vries",
)


@cache
def template_layout(template: str) -> Mapping[str, Any]:
    return load(template).layout


def order(
    template: str = "contact-card", *, site: str = SITE, mark: str = "", **card: Any
) -> Order:
    data = template_layout(template)
    return Order(
        layout=laid_out({**data, "card": {**data["card"], **card}}),
        title=f"Run of {template}",
        made_at=MADE_AT,
        site=site,
        mark=mark,
    )


def laid_out(data: Mapping[str, Any]) -> Layout:
    return read_layout(data)


def messages(count: int, template: str = "contact-card") -> list[Message]:
    words = load(template).preview().parts
    made = []
    for number in range(count):
        name = NAMES[number % len(NAMES)]
        home = PostalAddress(
            street="Lange Nieuwstraat",
            house_number=7 + number,
            house_letter="",
            house_addition=("", "II", "b3")[number % 3],
            postcode="1234AB",
            town="Voorbeeldstad",
        )
        said = {**words, "greeting": f"Beste {name},"} if "greeting" in words else dict(words)
        made.append(
            replace(
                example_message("post", number),
                to=home,
                address_lines=(name, *home.lines()),
                words=said,
            )
        )
    return made


def numbers(count: int) -> list[str]:
    return [piece_id(1234, record) for record in range(1, count + 1)]


def set_cards(pieces: Sequence[Message], layout: Layout) -> list[SetCard]:
    typesetter = Typesetter(layout)
    made = []
    for message, number in zip(pieces, numbers(len(pieces)), strict=True):
        settings = typesetter.set_message(message)
        assert not isinstance(settings, Fault), settings
        made.append(SetCard(message, settings, number))
    return made


def composed(
    pieces: Sequence[Message], by: Order, pdf: Path, deflater: Deflater | None = None
) -> Path:
    with pdf.open("wb") as file:
        compose_run(set_cards(pieces, by.layout), by, file, deflater=deflater)
    return pdf
