"""The `kaartje sms` commands, for the length of texts and for trial texts."""

import sys
from dataclasses import asdict
from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from console.cli.options import (
    AsJson,
    Now,
    emit,
    moment_of,
    open_installation,
    refusing,
    show,
    term,
)
from store.errors import BadInput
from store.sentences import Sentence, counted

app = typer.Typer(no_args_is_help=True, help="Count, try out and send single text messages.")


@app.callback()
def sms() -> None:
    """Count, check and try text messages."""


def _price(text: str) -> Decimal:
    try:
        price = Decimal(text.replace(",", "."))
    except InvalidOperation:
        price = Decimal("NaN")
    if not price.is_finite() or price < 0:
        raise typer.BadParameter(
            Sentence("{seen!r} is not a price; write euros for one segment, as 0.0753", seen=text)
        )
    return price


@app.command()
@refusing
def count(
    price: Annotated[
        Decimal | None,
        typer.Option(
            "--price",
            parser=_price,
            metavar="EUROS",
            help="Of one segment; by default KAARTJE_SMS_PRICE.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Count the segments of the text on standard input, including a final line end."""
    from channels.sms.segments import weigh
    from installation.settings import Settings

    weight = weigh(_read(sys.stdin.buffer.read()))
    cost = weight.segments * (Settings().sms_price if price is None else price)
    if as_json:
        emit({**asdict(weight), "cost": cost})
        return
    show(
        "{encoding}: {several}, {units} units, € {cost}",
        encoding=weight.encoding,
        several=counted(weight.segments, "{count} segment", "{count} segments"),
        units=weight.units,
        cost=cost,
    )
    for letter in weight.forcing:
        show("  {times} x {letter}", times=letter.times, letter=letter.described())


@app.command()
@refusing
def template(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="Of a template in templates/ that is written for texts."
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Show what a text template needs, weighs and costs, and its lint findings."""
    from campaigns.touches.sms_costs import weigh_text
    from installation.settings import Settings
    from templates.texts import load

    text = load(name)
    if text.description.reaches != "text":
        raise BadInput(
            Sentence(
                "{name} is written for {channel}, not for texts", name=name, channel=text.channel
            ),
            field="template",
        )
    weights = weigh_text(text, {}, price=Settings().sms_price)
    findings = list(
        dict.fromkeys(finding for purpose in text.purposes for finding in text.lint(purpose))
    )
    if as_json:
        found = [asdict(finding) for finding in findings]
        emit(
            {
                "template": name,
                "needs": text.names,
                "languages": [asdict(w) for w in weights],
                "findings": found,
            }
        )
        return
    show("{name} needs {names}", name=name, names=", ".join(text.names))
    for weight in weights:
        show("\n{summary}\n{body}", summary=weight.summary(), body=weight.body)
    for finding in findings:
        show("\n{finding}", finding=finding.sentence())


@app.command()
@refusing
def send(
    to: Annotated[
        str,
        typer.Option("--to", metavar="NAME", help="A name or number of KAARTJE_SMS_TEST_NUMBERS."),
    ],
    of: Annotated[
        str | None,
        typer.Option(
            "--template",
            metavar="NAME",
            help="A template's preview; by default what standard input says.",
        ),
    ] = None,
    language: Annotated[str, typer.Option("--language", help="Of the template.")] = "nl",
    dry: Annotated[
        bool, typer.Option("--dry", help="Judge it and write it down; nothing is sent.")
    ] = False,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Send one text to a test number of our own."""
    from campaigns.touches.trial_texts import known_number, try_text
    from installation.settings import Settings
    from templates.texts import load

    settings, at = Settings(), moment_of(now)
    number = known_number(to, settings.sms_test_numbers)
    words = load(of).preview(language).parts if of else {"body": _read(sys.stdin.buffer.read())}
    result = try_text(settings, number, words, dry=dry or settings.dry, now=at)
    name = type(result).__name__.lower()
    if as_json:
        emit({"result": name, "to": number.e164, **asdict(result)})
    else:
        show(f"{term(name)}: {getattr(result, 'provider_ref', '')}{getattr(result, 'detail', '')}")
    if name != "receipt":
        raise typer.Exit(1)


@app.command()
@refusing
def poll(
    most: Annotated[int, typer.Option("--most", min=1, help="Texts to ask about at most.")] = 500,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Ask the provider about texts without a final report, as `kaartje deliver` does too."""
    from inbound.polling import poll as ask

    installation = open_installation(now)
    polled = ask(installation, now=installation.now(), most=most)
    if as_json:
        emit(polled.counts())
        return
    show(
        "{asked} asked about, {reported} reported, {news} of them news",
        asked=polled.asked,
        reported=polled.reported,
        news=polled.news,
    )


def _read(given: bytes) -> str:
    """Decode UTF-8 without stripping anything or translating line ends."""
    try:
        return given.decode("utf-8")
    except UnicodeDecodeError as error:
        line = given.count(b"\n", 0, error.start) + 1
        problem = Sentence(
            "byte {start} ({given:#04x}) is not UTF-8",
            start=error.start + 1,
            given=given[error.start],
        )
        raise BadInput(
            problem, "save the text as UTF-8", file="standard input", line=line
        ) from error
