"""Sessions in a signed cookie, checked against the database on every request."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request

from console.web.permissions import Area, may
from console.web.words import Language, language_of
from installation import accounts
from installation.installation import Installation
from store.states import Role

WORKING_DAY = timedelta(hours=10)  # then one signs in again
NOTICE = "notice"  # the session's key of a text for the next page


class SignInFirst(Exception):
    """This page needs a session."""


@dataclass(frozen=True)
class Visit:
    """One request of a signed-in colleague."""

    installation: Installation
    request: Request
    name: str
    role: Role

    @property
    def language(self) -> Language:
        """The language of the pages."""
        return language_of(self.request.session.get("language"))

    def may(self, area: Area | str) -> bool:
        """Say whether this colleague may see or do this."""
        return may(self.role, Area(area))

    def notify(self, key: str) -> None:
        """Show the text of this key at the top of the next page."""
        self.request.session[NOTICE] = key


def installation_of(request: Request) -> Installation:
    """Return the installation of the application."""
    installation: Installation = request.app.state.installation
    return installation


def begin(session: dict[str, Any], signed_in: accounts.SignedIn, now: datetime) -> None:
    """Begin a new session, keeping only the language of the one before."""
    language = session.get("language")
    session.clear()
    session |= {
        "name": signed_in.name,
        "act": signed_in.act,
        "until": (now + WORKING_DAY).timestamp(),
    }
    if language:
        session["language"] = language


def visitor(request: Request) -> Visit | None:
    """Return the signed-in colleague of a request, or None."""
    installation, session = installation_of(request), request.session
    name, act = session.get("name"), session.get("act")
    if not isinstance(name, str) or not isinstance(act, int):
        return None
    role = accounts.still_signed_in(installation.store, name, act)
    if role is None or installation.now().timestamp() >= session.get("until", 0):
        return None
    return Visit(installation, request, name, role)


def visiting(area: Area) -> Callable[[Request], Visit]:
    """Return a dependency that admits only colleagues who may see or do `area`.

    It raises `SignInFirst` for a stranger, and 403 for a colleague who comes for something else.
    """

    def admit(request: Request) -> Visit:
        visit = visitor(request)
        if visit is None:
            raise SignInFirst
        if not visit.may(area):
            raise HTTPException(403)
        return visit

    return admit


SeeingToday = Annotated[Visit, Depends(visiting(Area.TODAY))]
OwnAccount = Annotated[Visit, Depends(visiting(Area.ACCOUNT))]
StoppingEverything = Annotated[Visit, Depends(visiting(Area.STOPPING))]
SeeingCampaigns = Annotated[Visit, Depends(visiting(Area.CAMPAIGNS))]
SeeingStatistics = Annotated[Visit, Depends(visiting(Area.STATISTICS))]
SeeingPrintRuns = Annotated[Visit, Depends(visiting(Area.PRINT_RUNS))]
AnsweringForTheShop = Annotated[Visit, Depends(visiting(Area.PRINT_SHOP))]
SeeingImports = Annotated[Visit, Depends(visiting(Area.IMPORTS))]
Making = Annotated[Visit, Depends(visiting(Area.DRAFTS))]
Deciding = Annotated[Visit, Depends(visiting(Area.DECISIONS))]
SeeingQueue = Annotated[Visit, Depends(visiting(Area.QUEUE))]
TakingCalls = Annotated[Visit, Depends(visiting(Area.CALLS))]
FollowingUp = Annotated[Visit, Depends(visiting(Area.FOLLOW_UPS))]
AskingWhy = Annotated[Visit, Depends(visiting(Area.WHY))]
LookingAfterAccounts = Annotated[Visit, Depends(visiting(Area.ACCOUNTS))]
ReadingDoubts = Annotated[Visit, Depends(visiting(Area.DOUBTS))]
SeeingLooks = Annotated[Visit, Depends(visiting(Area.LOOKS))]
AnsweringRequests = Annotated[Visit, Depends(visiting(Area.REQUESTS))]
