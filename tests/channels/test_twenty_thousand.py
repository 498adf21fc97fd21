"""Twenty thousand invented people: every card is read back, by our own reader and by eyes that had no part in it."""

import csv
import os
import subprocess
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random
from shutil import which
from unicodedata import normalize

import pypdfium2
import pytest
import zxingcpp

from channels.card import Card
from channels.codes import printed, response_code
from channels.examples import MADE_AT
from channels.port import Batch, ChannelSettings, HandedFile, Message, Receipt, Refusal
from people.addresses import NotAPostalAddress, PostalAddress
from people.invented.population import write_population
from people.names import Name
from templates.texts import load
from tests.channels.pieces import SITE, template_layout

PEOPLE, RUN, LOOKED_AT = 20_000, 10_000, 10


def _messages(file: Path) -> Iterator[Message]:
    words, draw = load("contact-card").preview().parts, Random(7)
    with file.open(encoding="utf-8", newline="") as text:
        for number, row in enumerate(csv.DictReader(text)):
            try:
                home = PostalAddress.parse(
                    **{
                        part: row[part]
                        for part in ("street", "house_number", "house_letter", "house_addition")
                    },
                    postcode=row["postcode"],
                    town=row["town"],
                    country=row["country"],
                )
            except NotAPostalAddress:
                continue
            name = Name(
                initials=row["initials"],
                given_name=row["given_name"],
                prefix=row["prefix"],
                family_name=row["family_name"],
                gender=row["gender"],
                use=row["name_use"],
                partner_prefix=row["partner_prefix"],
                partner_name=row["partner_name"],
            )
            said = {**words, "greeting": f"{name.informal()},"}
            code = response_code(draw.randrange(900_000_000))
            yield Message(
                touch_id=number,
                to=home,
                address_lines=(name.addressee(), *home.lines()),
                words=said,
                language="nl",
                code=code,
            )


@pytest.mark.heavy
def test_every_card_of_twenty_thousand_people_says_what_was_meant_to_whom_it_was_meant_for(
    tmp_path: Path,
) -> None:
    assert not os.environ.get("CI") or (which("mutool") and which("pdffonts"))
    write_population(tmp_path / "people.csv", PEOPLE, 7)
    channel, went, refused = Card.open(ChannelSettings(tmp_path / "outbox")), 0, list[Refusal]()
    waiting, number = _messages(tmp_path / "people.csv"), 0
    while some := tuple(islice(waiting, RUN)):
        number += 1
        sender = {"qr_url": SITE}
        batch = Batch(
            key=f"run-{number}",
            made_at=MADE_AT,
            messages=some,
            layout=template_layout("contact-card"),
            sender=sender,
            number=number,
        )
        results = list(
            channel.send(batch)
        )  # our own reader, qpdf and MuPDF have read all of it, or it would not have left
        by_touch = {message.touch_id: message for message in some}
        receipts = [result for result in results if isinstance(result, Receipt)]
        refused += [result for result in results if isinstance(result, Refusal)]
        pdfs = [
            result
            for result in results
            if isinstance(result, HandedFile) and result.name.endswith(".pdf")
        ]
        assert sum(pdf.cards for pdf in pdfs) == len(receipts)
        for pdf in pdfs:
            inside = receipts[pdf.first - 1 : pdf.first - 1 + pdf.cards]
            _look(
                tmp_path / "outbox" / pdf.folder / pdf.name,
                [(by_touch[each.touch_id], each) for each in inside],
            )
        went += len(receipts)
    assert went + len(refused) > 0.95 * PEOPLE
    assert len(refused) < 0.01 * PEOPLE
    assert {refusal.code for refusal in refused} <= {"EMPTY_LINE", "DOES_NOT_FIT"}


def _look(pdf: Path, pieces: list[tuple[Message, Receipt]]) -> None:
    """Let PDFium read every page, a QR reader look at some, and poppler at the fonts where it is installed."""
    document = pypdfium2.PdfDocument(pdf)
    assert len(document) == 2 * len(pieces)
    for number, (message, _) in enumerate(pieces):
        said = " ".join(document[2 * number + 1].get_textpage().get_text_range().split())
        for line in (*message.address_lines, message.words["greeting"], printed(message.code)):
            assert " ".join(normalize("NFC", line).split()) in said
    for number in Random(7).sample(range(len(pieces)), LOOKED_AT):
        picture = document[2 * number + 1].render(scale=200 / 72).to_pil()
        seen = {each.text for each in zxingcpp.read_barcodes(picture)}
        message, receipt = pieces[number]
        assert seen == {f"{SITE}/{message.code}", receipt.provider_ref}
    document.close()
    if which("pdffonts"):
        listed = subprocess.run(
            ["pdffonts", "-l", "4", str(pdf)],  # noqa: S607
            capture_output=True,
            text=True,
            check=True,
        )
        assert not listed.stderr
        assert all(" yes yes yes " in font for font in listed.stdout.splitlines()[2:])
