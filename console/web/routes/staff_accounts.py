"""The page of who may sign in, and letting in again whoever is kept out by wrong passwords."""

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from console.web.action_log import decider
from console.web.rendering import page
from console.web.security import Posted
from console.web.sessions import LookingAfterAccounts
from installation import accounts, second_factors
from store.errors import BadInput

router = APIRouter()


@router.get("/accounts")
def show_accounts(visit: LookingAfterAccounts) -> Response:
    """Show every account with its role, its last sign-in and its wrong passwords of late."""
    now = visit.installation.now()
    lines = accounts.listed(visit.installation.store, now=now)
    return page(visit, "accounts.html", lines=lines, tries=accounts.TRIES)


@router.post("/accounts/unlock")
def unlock_account(visit: LookingAfterAccounts, form: Posted) -> Response:
    """Let somebody sign in again at once."""
    try:
        accounts.unlock(
            visit.installation.store,
            form.get("name", ""),
            visit.installation.now(),
            by=decider(visit),
        )
    except BadInput:
        visit.notify("accounts.unknown")
    else:
        visit.notify("accounts.unlocked")
    return RedirectResponse("/accounts", 303)


@router.post("/accounts/second-factor/off")
def turn_off_for_another(visit: LookingAfterAccounts, form: Posted) -> Response:
    """Ask a colleague who lost their telephone for no code any more."""
    gone = second_factors.turn_off(visit.installation, form.get("name", ""), by=decider(visit))
    visit.notify("accounts.factor_is_off" if gone else "accounts.unknown")
    return RedirectResponse("/accounts", 303)
