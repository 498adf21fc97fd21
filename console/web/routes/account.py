"""The page of one's own account, with its password and its tokens for the command line."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from console.catalogues import translation_to
from console.web.action_log import decider
from console.web.password_again import Trouble, trouble_with
from console.web.rendering import page
from console.web.security import LARGEST_ID, Posted
from console.web.sessions import NOTICE, OwnAccount, Visit
from installation import accounts, passwords, personal_tokens
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


def _page(
    visit: Visit,
    *,
    trouble: Trouble | None = None,
    refused: BadInput | None = None,
    at: str = "",
    made: str = "",
) -> Response:
    why = in_plain_words(refused, translation_to(visit.language)) if refused else ""
    values: Mapping[str, Any] = {
        "tokens": personal_tokens.open_tokens(visit.installation, visit.name),
        "hours": HOURS,
        "commands": COMMANDS,
        "least": passwords.MIN_PASSWORD,
    }
    status = 400 if trouble or refused else 200
    return page(
        visit, "account.html", status=status, trouble=trouble, why=why, at=at, made=made, **values
    )
