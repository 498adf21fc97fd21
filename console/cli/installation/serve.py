"""The `kaartje serve` command, which runs the web server."""

import socket
from datetime import datetime
from ipaddress import ip_address
from types import FrameType
from typing import Annotated
from urllib.parse import urlsplit

import typer

from console.cli.options import fail, moment_option, open_installation, refusing, say
from store.clock import RunningClock
from store.errors import BadInput
from store.sentences import Sentence
from store.system_errors import reason_of

app = typer.Typer()

HIGHEST_PORT = 65535
FAREWELL = 10  # seconds that answers under way may take when the server stops


@app.command()
@refusing
def serve(
    host: Annotated[str, typer.Option("--host", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int,
        typer.Option(
            "--port",
            min=0,
            max=HIGHEST_PORT,
            help="The port to listen on; 0 takes any that is free.",
        ),
    ] = 8600,
    https: Annotated[
        bool,
        typer.Option(
            "--https",
            help="People reach it over https (a proxy sees to that): lock the cookie to it.",
        ),
    ] = False,
    patience: Annotated[
        float,
        typer.Option(
            "--patience",
            min=0.1,
            max=600,
            help="Seconds in which a request must arrive whole; then its connection is closed.",
        ),
    ] = 20,
    rehearse: Annotated[
        datetime | None,
        typer.Option(
            "--rehearse",
            parser=moment_option,
            metavar="ISO",
            help="For rehearsals: the clock is set to this moment and goes on.",
        ),
    ] = None,
) -> None:
    """Serve the console until Ctrl-C. Listens on this machine only, unless another --host is given."""
    import uvicorn

    from console.web.app import make_app
    from console.web.serving import prepare
    from console.web.slow_requests import IDLE, timed_protocol
    from inbound.event_worker import EventWorker
    from installation import accounts

    if rehearse and not _is_rehearsed():
        fail("a rehearsal would reach real people; point KAARTJE_TWILIO_URL at `kaartje simulate`")
    installation = open_installation(running=RunningClock(rehearse) if rehearse else None)
    listening = listen_on(host, port)
    place = f"[{host}]" if ":" in host else host
    say(
        "The console is open at http://{place}:{port}/ (Ctrl-C closes it)",
        place=place,
        port=listening.getsockname()[1],
    )
    if not any(line.active for line in accounts.listed(installation.store)):
        say(
            "There is no account yet; open an account with `kaartje account add NAME --role manager`"
        )
    if not https and not _is_loopback(host):
        say(
            "warning: passwords would cross the network unencrypted; put a proxy with TLS before it, and give --https"
        )
    listener = EventWorker(installation=installation)
    app = make_app(installation, https=https, on_event=listener.nudge)
    config = uvicorn.Config(
        app,
        http=timed_protocol(patience),
        timeout_keep_alive=IDLE,
        log_level="warning",
        server_header=False,
        proxy_headers=False,  # our own setting says whom to believe
        timeout_graceful_shutdown=FAREWELL,
    )
    server = uvicorn.Server(config)
    stopping = server.handle_exit

    def stop(sig: int, frame: FrameType | None) -> None:
        app.state.board.close()  # pages that are kept open would keep the server waiting
        stopping(sig, frame)

    server.handle_exit = stop  # type: ignore[method-assign]  # what the signals call
    prepare()
    listener.start()
    try:
        server.run(sockets=[listening])
    finally:
        listener.stop()


def listen_on(host: str, port: int) -> socket.socket:
    """Return a listening socket, or end the command if the port is taken."""
    try:
        return socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET
        )
    except OSError as error:
        raise BadInput(
            reason_of(error),
            "choose another with --host or --port",
            field=Sentence("{host}, port {port}", host=host, port=port),
        ) from None


def _is_rehearsed() -> bool:
    """Say whether this installation can reach no real phone."""
    from installation.settings import Settings

    settings = Settings()
    twilio = not settings.twilio_account_sid or _is_loopback(
        urlsplit(settings.twilio_url).hostname or ""
    )
    return settings.dry or (twilio and not settings.sms_gateway)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
