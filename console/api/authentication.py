"""Bearer tokens of the API, with the same permissions table as the pages."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from console.api.problems import Refused
from console.web.permissions import Area, may
from installation import api_tokens
from installation.installation import Installation
from store import audit_log
from store.audit_log import About, Decider
from store.states import Road, Role

bearer = HTTPBearer(
    auto_error=False,
    scheme_name="token",
    description="A token made by `kaartje account token NAME --role ROLE`. Cookies count for nothing here.",
)


@dataclass(frozen=True, slots=True)
class Caller:
    """One request by another system, under the name of its token."""

    installation: Installation
    name: str
    role: Role

    def now(self) -> datetime:
        """Return the present moment."""
        return self.installation.now()

    def decider(self) -> Decider:
        """Return the caller as an authenticated decider."""
        return Decider(self.name, road=Road.API)

    def record(self, what: str, about: About, **detail: Any) -> None:
        """Record what this caller did in the audit log."""
        with self.installation.store.writing() as connection:
            audit_log.record(connection, self.decider(), what, about, now=self.now(), **detail)

    def count(self, what: str, about: About, *, since: datetime) -> int:
        """Return how often this caller did this since that moment."""
        with self.installation.store.reading() as connection:
            return audit_log.count(connection, self.name, what, about, since=since)


def admitting(area: Area) -> Callable[..., Caller]:
    """Return a dependency that admits only callers who may see or do `area`."""

    def admit(
        request: Request, shown: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
    ) -> Caller:
        installation: Installation = request.app.state.installation
        known = api_tokens.admitted(installation, shown.credentials) if shown else None
        if known is None:
            detail = "show a token that is open: Authorization: Bearer kaartje_…"
            raise Refused(
                status=401,
                kind="no-token",
                detail=detail,
                headers={"www-authenticate": 'Bearer realm="kaartje"'},
            )
        if not may(known.role, area):
            raise Refused(
                status=403,
                kind="may-not",
                detail=f"a token for {known.role.value} may not see or do {area.value}",
            )
        return Caller(installation, known.name, known.role)

    admit.area = area  # type: ignore[attr-defined]  # the OpenAPI document names it
    return admit


SeeingCampaigns = Annotated[Caller, Depends(admitting(Area.CAMPAIGNS))]
ReadingDoubts = Annotated[Caller, Depends(admitting(Area.DOUBTS))]
SeeingQueue = Annotated[Caller, Depends(admitting(Area.QUEUE))]
TakingCalls = Annotated[Caller, Depends(admitting(Area.CALLS))]
SeeingStatistics = Annotated[Caller, Depends(admitting(Area.STATISTICS))]
