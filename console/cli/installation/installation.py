"""The commands `kaartje installation`: identity of the installation, its key and its agreed files."""

from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import (
    AsJson,
    Decides,
    Now,
    close_later,
    decider,
    emit,
    fail,
    local_time,
    only_on_trial,
    open_installation,
    refusing,
    say,
    show,
    term,
    worded,
)
from store.errors import BadInput

if TYPE_CHECKING:
    from datetime import datetime

    from installation.identity import Identity
    from installation.settings import Settings
    from store.engine import Store

app = typer.Typer(
    no_args_is_help=True, help="The identity of this installation, its key and its agreed files."
)
Operator = Annotated[
    str, typer.Option("--as", metavar="USER", help="Who does this, for the audit log.")
]


def _opened() -> "tuple[Store, Settings, Identity]":
    """Open the database without asking whether this machine fits it, which these commands mend."""
    from installation.identity import read_identity
    from installation.installation import open_installation_store
    from installation.settings import Settings

    settings = Settings()
    store = open_installation_store(settings)
    close_later(store)
    identity = read_identity(store)
    if identity is None:
        fail("this database belongs to no installation yet; any other command makes it one")
    return store, settings, identity


def _moment(
    store: "Store", settings: "Settings", found: "Identity", now: "datetime | None"
) -> "datetime":
    """Return the moment at which this command acts, which is `now` if given."""
    if now is None:
        return settings.clock.now()
    only_on_trial(store, rehearsal=found.rehearsal)
    return now


@app.command("stop-everything")
@refusing
def stop_all(
    by: Decides,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, in a few words.")],
    now: Now = None,
) -> None:
    """Hold everything that goes out, of every campaign, until two people lift that."""
    from installation.stop_everything import stop_everything

    installation = open_installation(now)
    who = decider(installation, by)
    found = stop_everything(installation.store, by=who, now=installation.now(), reason=reason)
    show(
        "everything is stopped since {at} by {who}: {reason}",
        at=local_time(found.stopped_at),
        who=found.stopped_by,
        reason=found.reason,
    )
    say("what comes in is taken in, and whoever calls is helped; two people lift it: lift-stop")


@app.command("lift-stop")
@refusing
def lift_stop(by: Decides, now: Now = None) -> None:
    """Lift the stop of everything as the second of two people, or ask for it as the first."""
    from installation.stop_everything import Lifting, lift

    installation = open_installation(now)
    match lift(installation.store, by=decider(installation, by), now=installation.now()):
        case Lifting.ASKED:
            say("asked; everything stays stopped until somebody else gives this command too")
        case Lifting.LIFTED:
            say("lifted; what was held goes out with the next pass")


@app.command("show")
@refusing
def show_identity(as_json: AsJson = False) -> None:
    """Show the installation's id, its home and what of this machine differs from it."""
    from installation.agreed_files import agreed_of, differences
    from installation.home_folder import uid_of
    from installation.identity import fingerprint

    _, settings, found = _opened()
    same_home = uid_of(settings.home) == found.uid
    same_key = settings.has_key and fingerprint(settings) == found.key_fingerprint
    differing = differences(found.agreed, agreed_of(settings)) if same_key else {}
    if as_json:
        emit(
            {
                "id": found.uid,
                "made_at": found.made_at,
                "home": found.home,
                "rehearsal": found.rehearsal,
                "same_home": same_home,
                "same_key": same_key,
                "templates": settings.templates or None,
                "differs": differing,
            }
        )
        return
    show("installation  {uid}", uid=found.uid)
    if found.rehearsal:
        show("              a database to rehearse in")
    show("made          {at}, in {home}", at=local_time(found.made_at), home=_place(found.home))
    show(
        "home          {home}: its own" if same_home else "home          {home}: not its own",
        home=settings.home.absolute(),
    )
    show("key           its own" if same_key else "key           not its own")
    if settings.templates:
        show("templates     {folder}: before the shipped ones", folder=settings.templates)
    for what, names in differing.items():
        show("differs       {what}: {names}", what=term(what), names=", ".join(names))


def _place(home: str) -> str:
    """Return a home folder and the machine that it is on."""
    folder, _, machine = home.rpartition(" on ")
    return worded("{folder} on {machine}", folder=folder, machine=machine) if folder else home


@app.command()
@refusing
def agree(by: Operator, now: Now = None) -> None:
    """Make the policy, print shop and prices of this machine those of the installation."""
    from installation.identity import agree_on

    store, settings, found = _opened()
    changed = agree_on(store, settings, by=by, now=_moment(store, settings, found, now))
    for what, names in changed.items():
        show("{what}: {names}", what=term(what), names=", ".join(names))
    if changed:
        say("machines with other files are refused from now on")
    else:
        say("nothing differs")


@app.command()
@refusing
def adopt(by: Operator, now: Now = None) -> None:
    """Make this home folder the installation's, when the former one is lost."""
    from installation.identity import adopt_home

    store, settings, found = _opened()
    adopt_home(store, settings, by=by, now=_moment(store, settings, found, now))
    show(
        "{home} is the home of installation {uid} from now on",
        home=settings.home.absolute(),
        uid=found.uid,
    )
    say("print runs and journals of texts that lay in the former home are not here")


@app.command("rotate-key")
@refusing
def rotate_key(
    by: Operator,
    new_secret: Annotated[
        str,
        typer.Option(
            "--new-secret",
            envvar="KAARTJE_NEW_SECRET",
            help="The new key, at best by its variable. Without it, one is made in the home folder.",
        ),
    ] = "",
    now: Now = None,
) -> None:
    """Change the secret key. API tokens are closed, and everybody signs in again."""
    from installation.key_rotation import rotate

    store, settings, found = _opened()
    if settings.has_given_key and not new_secret:
        raise BadInput(
            "the present key is given by KAARTJE_SECRET, so the new one must be given too",
            "set KAARTJE_NEW_SECRET",
            field="--new-secret",
        )
    moment = _moment(store, settings, found, now)
    done = rotate(store, settings, new_secret, by=by, now=moment)
    show("{count:,} API tokens were closed, make new ones", count=done.tokens)
    say("everybody is signed out, and addresses given to providers before are not taken any more")
    if new_secret:
        say("set KAARTJE_SECRET to the new key on every machine before anything else runs")
