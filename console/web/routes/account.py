"""The page of one's own account, with its password and its tokens for the command line."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import segno
from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup

from console.catalogues import translation_to
from console.web.action_log import decider
from console.web.password_again import Trouble, trouble_with
from console.web.rendering import page
from console.web.security import LARGEST_ID, Posted
from console.web.sessions import NOTICE, OwnAccount, Visit
from installation import accounts, passwords, personal_tokens, second_factors
from installation.provider_accounts import subject_of
from store.errors import BadInput
from store.plain_errors import in_plain_words

router = APIRouter()

HOURS = (1, 10, 24, 168)
COMMANDS = ("campaign", "post", "installation")
"""Commands for which a token can be made alone."""


@router.get("/account")
def show_account(visit: OwnAccount) -> Response:
    """Show one's own account."""
    return _page(visit)


@router.post("/account/password")
def change_password(visit: OwnAccount, form: Posted) -> Response:
    """Change one's own password, which ends every session."""
    _refuse_of_provider(visit)
    if trouble := trouble_with(visit, form):
        return _page(visit, trouble=trouble, at="password")
    if form.get("new", "") != form.get("again", ""):
        return _page(visit, trouble=Trouble("account.differ"), at="again")
    try:
        installation = visit.installation
        accounts.change_password(
            installation.store, visit.name, form.get("new", ""), installation.now()
        )
    except BadInput as error:
        return _page(visit, refused=error, at="new")
    language = visit.request.session.get("language")
    visit.request.session.clear()
    kept = {"language": language} if language else {}
    visit.request.session.update({NOTICE: "account.changed"} | kept)
    return RedirectResponse("/sign-in", 303)


@router.post("/account/name")
def change_name(visit: OwnAccount, form: Posted) -> Response:
    """Change the name by which pages call one."""
    installation = visit.installation
    try:
        accounts.call_by(
            installation.store,
            visit.name,
            form.get("shown", ""),
            installation.now(),
            by=decider(visit),
        )
    except BadInput as error:
        return _page(visit, refused=error, at="shown")
    visit.notify("account.called")
    return RedirectResponse("/account", 303)


@router.post("/account/second-factor")
def begin_second_factor(visit: OwnAccount, form: Posted) -> Response:
    """Show the secret for an app, after the password."""
    _refuse_of_provider(visit)
    if trouble := trouble_with(visit, form):
        return _page(visit, trouble=trouble, at="factor-password")
    return _page(visit, salt=second_factors.new_salt())


@router.post("/account/second-factor/on")
def turn_on_second_factor(visit: OwnAccount, form: Posted) -> Response:
    """Ask for a code from now on, after one that is right."""
    _refuse_of_provider(visit)
    salt = form.get("salt", "")[:64]
    if trouble := trouble_with(visit, form):
        return _page(visit, trouble=trouble, at="on-password", salt=salt)
    try:
        second_factors.turn_on(
            visit.installation, visit.name, salt, form.get("code", ""), by=decider(visit)
        )
    except BadInput as error:
        return _page(visit, refused=error, at="code", salt=salt)
    visit.notify("account.factor_is_on")
    return RedirectResponse("/account", 303)


@router.post("/account/second-factor/off")
def turn_off_second_factor(visit: OwnAccount, form: Posted) -> Response:
    """Ask for no code any more, after the password."""
    if trouble := trouble_with(visit, form):
        return _page(visit, trouble=trouble, at="factor-password")
    second_factors.turn_off(visit.installation, visit.name, by=decider(visit))
    visit.notify("account.factor_is_off")
    return RedirectResponse("/account", 303)


@router.post("/account/tokens")
def make_token(visit: OwnAccount, form: Posted) -> Response:
    """Make a token for the command line, which is shown once."""
    if trouble := trouble_with(visit, form):
        return _page(visit, trouble=trouble, at="token-password")
    hours = next((each for each in HOURS if str(each) == form.get("hours")), HOURS[0])
    chosen = [each for each in COMMANDS if each == form.get("commands")]
    made = personal_tokens.make(
        visit.installation,
        visit.name,
        by=decider(visit),
        lasting=timedelta(hours=hours),
        commands=chosen,
    )
    return _page(visit, made=made)


@router.post("/account/tokens/end")
def end_token(visit: OwnAccount, form: Posted) -> Response:
    """End one of one's own tokens at once."""
    number = form.get("number", "")
    if number.isdecimal() and int(number[:20]) <= LARGEST_ID:
        personal_tokens.end(visit.installation, int(number[:20]), by=decider(visit))
    visit.notify("account.token_ended")
    return RedirectResponse("/account", 303)


def _refuse_of_provider(visit: Visit) -> None:
    """Refuse what is for local accounts, so that nobody keeps a password here once they left."""
    if subject_of(visit.installation, visit.name) is not None:
        raise HTTPException(404)


def _app(visit: Visit, salt: str) -> dict[str, Any]:
    """Return the secret for an app in groups of four letters, and as a QR code."""
    app = second_factors.app_of(visit.installation.settings, visit.name, salt)
    picture = segno.make(app.provisioning_uri(), error="m").svg_inline(
        border=4, scale=5, light="#fff", svgclass="qr", omitsize=True
    )
    letters = app.secret
    groups = " ".join(letters[at : at + 4] for at in range(0, len(letters), 4))
    return {"secret": groups, "picture": Markup(picture)}  # noqa: S704  segno draws paths alone


def _page(
    visit: Visit,
    *,
    trouble: Trouble | None = None,
    refused: BadInput | None = None,
    at: str = "",
    made: str = "",
    salt: str = "",
) -> Response:
    why = in_plain_words(refused, translation_to(visit.language)) if refused else ""
    values: Mapping[str, Any] = {
        "tokens": personal_tokens.open_tokens(visit.installation, visit.name),
        "hours": HOURS,
        "commands": COMMANDS,
        "least": passwords.MIN_PASSWORD,
        "longest": accounts.LONGEST_NAME,
        "asks_code": second_factors.is_asked(visit.installation, visit.name),
        "salt": salt,
        "app": _app(visit, salt) if salt else None,
    }
    status = 400 if trouble or refused else 200
    return page(
        visit, "account.html", status=status, trouble=trouble, why=why, at=at, made=made, **values
    )
