"""The `kaartje simulate` commands, which stand in for providers and the print shop."""

import re
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from console.cli.installation.serve import HIGHEST_PORT, listen_on
from console.cli.options import Now, clock, refusing, say, show
from store.errors import BadInput
from store.sentences import Sentence

_E164 = re.compile(r"\+[1-9]\d{4,14}")

app = typer.Typer(no_args_is_help=True, help="Stand-ins for providers and for a print shop.")


@app.callback()
def simulate() -> None:
    """Start a stand-in for a provider."""


@app.command()
@refusing
def sms(
    port: Annotated[
        int,
        typer.Option(
            "--port",
            min=0,
            max=HIGHEST_PORT,
            help="The port to listen on; 0 takes any that is free.",
        ),
    ] = 8610,
    faults: Annotated[
        Path | None,
        typer.Option(
            "--faults", metavar="FILE", exists=True, dir_okay=False, help="TOML: what goes wrong."
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Under which faults are drawn.")] = 0,
    latency: Annotated[
        float | None, typer.Option("--latency", min=0, help="Milliseconds that every answer takes.")
    ] = None,
    reply_url: Annotated[
        str | None,
        typer.Option(
            "--reply-url", metavar="URL", help="Where people's answers are posted, signed."
        ),
    ] = None,
) -> None:
    """Simulate a text provider with Twilio's API on this machine, until Ctrl-C.

    Point an installation at it with KAARTJE_TWILIO_URL, and any account and token.
    """
    import uvicorn

    from simulators.sms_faults import Faults, read_faults
    from simulators.sms_provider import Line, make_app

    flags: dict[str, Any] = {} if latency is None else {"latency": latency / 1000}
    if reply_url is not None:
        flags["reply_url"] = reply_url
    wrong = (read_faults(faults) if faults else Faults()).model_copy(update=flags)
    listening = listen_on("127.0.0.1", port)
    say(
        "A stand-in for Twilio takes texts at http://127.0.0.1:{port} (Ctrl-C ends it)",
        port=listening.getsockname()[1],
    )
    config = uvicorn.Config(
        make_app(wrong, seed), http=Line, log_level="warning", access_log=False, lifespan="off"
    )
    uvicorn.Server(config).run(sockets=[listening])


@app.command()
@refusing
def calls(  # noqa: PLR0913, PLR0917  a rehearsal has many sides, each with a default
    url: Annotated[
        str,
        typer.Option(
            "--url",
            metavar="URL",
            help="The installation's webhook for calls, as in http://127.0.0.1:8600/voice/in.",
        ),
    ],
    to: Annotated[
        str,
        typer.Option("--to", metavar="NUMBER", help="The installation's number, as in +318000543."),
    ],
    callers: Annotated[
        int,
        typer.Option(
            "--callers", min=0, help="How many ring; 0: nobody, and it stays until Ctrl-C."
        ),
    ] = 0,
    agents: Annotated[
        int, typer.Option("--agents", min=0, help="How many agents have a telephone.")
    ] = 10,
    seed: Annotated[int, typer.Option("--seed", help="Under which everything is drawn.")] = 0,
    faults: Annotated[
        Path | None,
        typer.Option(
            "--faults",
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="TOML: what goes wrong, and who rings.",
        ),
    ] = None,
    codes: Annotated[
        Path | None,
        typer.Option(
            "--codes",
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="Codes on cards, one a line.",
        ),
    ] = None,
    truth: Annotated[
        Path | None,
        typer.Option(
            "--truth", metavar="FILE", dir_okay=False, help="CSV: what happened to every caller."
        ),
    ] = None,
    port: Annotated[
        int,
        typer.Option(
            "--port",
            min=0,
            max=HIGHEST_PORT,
            help="The port to listen on; 0 takes any that is free.",
        ),
    ] = 8620,
    pace: Annotated[
        float, typer.Option("--pace", min=0.1, max=1000, help="How many times faster than life.")
    ] = 1,
    status_url: Annotated[
        str,
        typer.Option("--status-url", metavar="URL", help="Where the end of a call is reported."),
    ] = "",
    agent_url: Annotated[
        str,
        typer.Option(
            "--agent-url",
            metavar="URL",
            help="What agents' telephones ask when they dial by themselves.",
        ),
    ] = "",
    account: Annotated[
        str,
        typer.Option("--account", envvar="KAARTJE_TWILIO_ACCOUNT_SID", help="The account's key."),
    ] = "AC" + "1" * 32,
    token: Annotated[
        str,
        typer.Option("--token", envvar="KAARTJE_TWILIO_AUTH_TOKEN", help="The account's token."),
    ] = "anything",  # noqa: S107  for a stand-in any will do
) -> None:
    """Simulate Twilio's telephone network with callers and agents, on this machine.

    Point an installation at it with KAARTJE_TWILIO_URL, and the same account and token. With
    --callers it ends when the last of them is done.
    """
    from simulators.voice.rehearsal import Cast
    from simulators.voice.rehearsal_process import rehearse
    from simulators.voice.scenario import Rehearsal, read_rehearsal
    from simulators.voice.switchboard import Number

    for option, address in (
        ("--url", url),
        ("--status-url", status_url),
        ("--agent-url", agent_url),
    ):
        _check_address(option, address)
    if not _E164.fullmatch(to):
        raise BadInput(
            Sentence("{seen!r} is not an international phone number", seen=to),
            "write it as +318000543",
            field="--to",
        )
    given = read_rehearsal(faults) if faults else Rehearsal()
    known = tuple(codes.read_text(encoding="utf-8").split()) if codes else ()
    listening = listen_on("127.0.0.1", port)
    say(
        "A stand-in for Twilio has calls at http://127.0.0.1:{port} (Ctrl-C ends it)",
        port=listening.getsockname()[1],
    )
    cast = Cast(
        callers=callers, agents=agents, codes=known, agent_url=agent_url, seed=seed, pace=pace
    )
    for line in rehearse(
        listening,
        cast=cast,
        given=given,
        account=(account, token),
        number=Number(to, url, status_url),
        truth=truth,
    ):
        say(line)


def _check_address(option: str, address: str) -> None:
    """Refuse an address that cannot be called, which a rehearsal would not notice."""
    parts = urlsplit(address)
    if address and not (parts.scheme in {"http", "https"} and parts.hostname):
        raise BadInput(
            Sentence("{seen!r} is not a web address", seen=address),
            "write it as http://127.0.0.1:8600/voice/in",
            field=option,
        )


@app.command()
@refusing
def shop(
    folder: Annotated[
        Path,
        typer.Option(
            "--folder",
            metavar="DIR",
            exists=True,
            file_okay=False,
            help="Where it collects its runs.",
        ),
    ],
    faults: Annotated[
        Path | None,
        typer.Option(
            "--faults", metavar="FILE", exists=True, dir_okay=False, help="TOML: what goes wrong."
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Under which faults are drawn.")] = 0,
    now: Now = None,
) -> None:
    """Simulate one working day of a print shop, which answers in DIR/answers."""
    from simulators.print_shop import PrintShop
    from simulators.shop_faults import ShopFaults, read_shop_faults
    from store.clock import local_date

    wrong = read_shop_faults(faults) if faults else ShopFaults()
    for name in PrintShop(folder, wrong, seed).work(local_date(clock(now).now())):
        show("{folder}/answers/{name}", folder=folder, name=name)
