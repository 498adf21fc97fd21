"""Stop or pause a campaign, and ask back what of it lies at the print shop."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select, true

from campaigns.planning import lifecycle
from campaigns.post.outbox_runs import has_a_server
from campaigns.post.piece_states import UNPOSTED
from campaigns.post.pull_lists import STILL_THERE, make_lists, want
from installation.installation import Installation
from store.audit_log import Decider
from store.states import PullState, RunState
from store.tables import Delivery, PrintPiece, PrintRun, Pull
from suppression.reasons import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class AtTheShop:
    """Cards and letters of a campaign at the print shop that are not posted, as far as it said.

    Attributes:
        pieces: Those of citizens; ours among them are not counted.
        asked_back: Those of them that the shop is asked to take out.
        too_late: Those that it said are beyond that.
        lists: Files of the pull lists that were written now, below the outbox.
    """

    pieces: int = 0
    asked_back: int = 0
    too_late: int = 0
    lists: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def stop(installation: Installation, name: str, *, by: Decider, now: datetime) -> AtTheShop:
    """Stop a campaign, and ask back all of it that is at the print shop and not posted.

    One that has finished can still be stopped while something of it is there.

    Raises:
        BadInput: there is no such campaign, or it cannot be stopped.
    """
    with installation.store.writing() as connection:
        there = select(PrintPiece.id).where(_there(installation, connection, name, now)).limit(1)
        is_there = connection.execute(there).first() is not None
        lifecycle.stop_with(connection, name, by=by, now=now, finished=is_there)
        _want(installation, connection, name, now)
    return _listed(installation, name, now=now)


def pause(
    installation: Installation, name: str, *, by: Decider, now: datetime, pull: bool = False
) -> AtTheShop:
    """Pause a campaign, and say what of it is at the print shop.

    Args:
        installation: the installation.
        name: the campaign.
        by: who pauses it.
        now: the moment.
        pull: whether to ask that back too. What the shop pulls goes to nobody, also after the campaign goes on.

    Raises:
        BadInput: there is no such campaign, or it does not run.
    """
    lifecycle.pause(installation, name, by=by, now=now)
    if not pull:
        return at_the_shop(installation, name, now=now)
    with installation.store.writing() as connection:
        _want(installation, connection, name, now)
    return _listed(installation, name, now=now)


def _want(installation: Installation, connection: Connection, name: str, now: datetime) -> None:
    there = _there(installation, connection, name, now)
    want(connection, there, Reason.CAMPAIGN_STOPPED.value, now=now)


def _listed(installation: Installation, name: str, *, now: datetime) -> AtTheShop:
    """Write the pull lists and return the pieces at the shop."""
    made = make_lists(installation, now=now)
    found = at_the_shop(installation, name, now=now)
    ours = tuple(each for each in made if f"pull-{name}-w" in each)
    return AtTheShop(
        pieces=found.pieces, asked_back=found.asked_back, too_late=found.too_late, lists=ours
    )


def at_the_shop(installation: Installation, name: str, *, now: datetime) -> AtTheShop:
    """Count the pieces of a campaign that are at the print shop, and those that are asked back."""
    with installation.store.reading() as connection:
        there = _there(installation, connection, name, now)
        query = (
            select(Pull.state, func.count())
            .select_from(PrintPiece)
            .outerjoin(Pull, Pull.piece_id == PrintPiece.id)
            .where(there, PrintPiece.touch_id.is_not(None))
            .group_by(Pull.state)
        )
        counts = {row[0]: row[1] for row in connection.execute(query)}
    return AtTheShop(
        pieces=sum(counts.values()),
        asked_back=counts.get(PullState.WANTED, 0) + counts.get(PullState.ASKED, 0),
        too_late=counts.get(PullState.TOO_LATE, 0),
    )


def _there(
    installation: Installation, connection: Connection, name: str, now: datetime
) -> ColumnElement[bool]:
    """Match pieces of a campaign that the shop has and did not post.

    With a server of its own the shop has a run when it was sent; else the outbox is where it collects.
    """
    campaign = lifecycle.find(connection, name)
    sent = true() if not has_a_server(installation) else PrintRun.state != RunState.MADE
    runs = (
        select(PrintRun.id)
        .join(Delivery, Delivery.id == PrintRun.delivery_id)
        .where(Delivery.campaign_id == campaign.id, PrintRun.made_at >= now - STILL_THERE, sent)
    )
    return and_(PrintPiece.print_run_id.in_(runs), PrintPiece.state.in_(UNPOSTED))
