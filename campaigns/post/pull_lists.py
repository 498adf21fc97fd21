"""Pull lists. Ask the print shop to take out pieces of people who may no longer be reached.

Everyone whose piece is not posted yet is judged again, and a reason against them makes a pull request.
Requests go to the shop in lists that name pieces and never people. The shop answers each as pulled or
too late.
"""

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Subquery,
    and_,
    distinct,
    func,
    insert,
    literal,
    select,
    update,
)

from campaigns.post.outbox_runs import finish_swapping
from campaigns.post.piece_states import UNPOSTED, find_run, move_pieces
from campaigns.post.print_terms import pull_until
from campaigns.post.pull_list_rows import NOT_ASKED, as_csv, list_rows
from campaigns.post.stored_files import keep_beside
from campaigns.touches.campaign_files import CampaignFile
from campaigns.touches.occasions import Shard, occasion_of
from channels.outbox import write_synced
from installation.installation import Installation
from store.base import UtcDateTime
from store.states import PieceState, PullState
from store.tables import Campaign, Delivery, Person, PrintPiece, PrintRun, Pull, Touch
from suppression.judging import first_reason, mask
from suppression.reasons import Reason, bits

PULLED_FOR = (
    Reason.DECEASED,
    Reason.OBJECTION,
    Reason.OBJECTION_IN_DOUBT,
    Reason.SUPPRESSED,
    Reason.ALREADY_DONE,
    Reason.UNDER_GUARDIANSHIP,
    Reason.NO_REPRESENTATIVE,
    Reason.MINISTERIAL_DECISION,
)
"""Reasons for which a printed piece is pulled. A cap or old data is not worth the work."""


STILL_THERE = timedelta(days=30)
"""Nothing is pulled from older runs. If the shop never reported their posting, it was long ago."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PullLine:
    """One request to pull a piece, as shown to a person."""

    run: str
    piece_id: str
    person_ref: str | None  # None: a seed
    reason: str
    state: str
    last_time: datetime | None
    wanted_at: datetime
    asked_at: datetime | None
    answered_at: datetime | None

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def want_pulls(installation: Installation, *, now: datetime) -> int:
    """Judge everyone whose piece is at the print shop, and return how many more should be pulled."""
    return sum(
        want_pulls_of(installation, shard, now=now)
        for shard in shards_at_the_shop(installation, now)
    )


def shards_at_the_shop(installation: Installation, now: datetime) -> list[Shard]:
    """Return the pieces at the print shop, as the shards in which they were claimed."""
    query = (
        select(
            Touch.campaign_id,
            Touch.step_id,
            Touch.wave_id,
            Touch.channel,
            func.count().label("size"),
        )
        .join(PrintPiece, PrintPiece.touch_id == Touch.id)
        .where(_unposted(now))
        .group_by(Touch.campaign_id, Touch.step_id, Touch.wave_id, Touch.channel)
        .order_by(Touch.campaign_id, Touch.step_id, Touch.wave_id)
    )
    with installation.store.reading() as connection:
        return [Shard(**row._asdict()) for row in connection.execute(query)]


def _unposted(now: datetime) -> ColumnElement[bool]:
    unwanted = PrintPiece.id.not_in(select(Pull.piece_id))
    young = select(PrintRun.id).where(PrintRun.made_at >= now - STILL_THERE)
    return and_(PrintPiece.state.in_(UNPOSTED), PrintPiece.print_run_id.in_(young), unwanted)


def want_pulls_of(installation: Installation, shard: Shard, *, now: datetime) -> int:
    """Judge everyone whose piece of a shard is at the shop, and return how many to pull.

    Raises:
        BadInput: the approved text cannot be read.
    """
    with installation.store.writing() as connection:
        return _want_of(installation, connection, shard, now=now)


def _want_of(
    installation: Installation, connection: Connection, shard: Shard, *, now: datetime
) -> int:
    spec = connection.execute(
        select(Campaign.spec).where(Campaign.id == shard.campaign_id)
    ).scalar_one()
    campaign = CampaignFile.model_validate(spec)
    occasion = replace(occasion_of(installation, connection, campaign, shard, now=now), caps={})
    worth = literal(bits(PULLED_FOR), BigInteger)
    held = (
        select(PrintPiece.id, mask(occasion).bitwise_and(worth).label("held"))
        .join(Touch, Touch.id == PrintPiece.touch_id)
        .join(Person, Person.id == Touch.person_id)
        .where(_unposted(now), Touch.step_id == shard.step_id, Touch.wave_id == shard.wave_id)
        .subquery()
    )
    reason = first_reason(held.c.held, installation.policy)
    return want(
        connection,
        PrintPiece.id.in_(select(held.c.id).where(held.c.held != 0)),
        reason,
        now=now,
        of=held,
    )


def want(
    connection: Connection,
    which: ColumnElement[bool],
    reason: ColumnElement[Any] | str,
    *,
    now: datetime,
    of: Subquery | None = None,
) -> int:
    """Request the pull of pieces, unless it was requested before, and return how many are new.

    Args:
        connection: a writing connection.
        which: a condition on `PrintPiece`.
        reason: a code; or a column of `of`, which has the ids of pieces.
        now: the moment of the request.
        of: a subquery with a column `id`.
    """
    because = literal(reason) if isinstance(reason, str) else reason
    state, at = literal(PullState.WANTED, Pull.state.type), literal(now, UtcDateTime())
    chosen = select(PrintPiece.id, because, state, at).where(
        which, PrintPiece.id.not_in(select(Pull.piece_id))
    )
    if of is not None:
        chosen = chosen.join(of, of.c.id == PrintPiece.id)
    names = ["piece_id", "reason", "state", "wanted_at"]
    count = connection.execute(select(func.count()).select_from(chosen.subquery())).scalar_one()
    if count:
        connection.execute(insert(Pull).from_select(names, chosen))
    return count


def make_lists(installation: Installation, *, now: datetime) -> list[str]:
    """Write a pull list for every run with new requests, and return the files, below the outbox.

    A list is written before its requests are marked as asked, so a crash only repeats the same list.
    """
    with installation.store.reading() as connection:
        query = select(Delivery.key).distinct().join(PrintRun, PrintRun.delivery_id == Delivery.id)
        query = query.join(PrintPiece, PrintPiece.print_run_id == PrintRun.id).join(
            Pull, Pull.piece_id == PrintPiece.id
        )
        keys = connection.execute(query.where(*NOT_ASKED)).scalars().all()
    made = []
    for key in sorted(keys):
        with installation.store.holding(f"pull-{key}") as held:
            if held and (name := _make_list(installation, key, now=now)):
                made.append(name)
    return made


def _make_list(installation: Installation, key: str, *, now: datetime) -> str | None:
    finish_swapping(installation, key)
    with installation.store.writing() as connection:
        run = find_run(connection, key)
        mine = Pull.piece_id.in_(select(PrintPiece.id).where(PrintPiece.print_run_id == run.id))
        last = pull_until(installation, run)
        rows = list_rows(connection, run.id, and_(mine, *NOT_ASKED), last)
        if not rows:
            return None
        earlier = select(func.count(distinct(Pull.asked_at))).where(
            mine, Pull.asked_at.is_not(None)
        )
        name = f"pull-{key}-{connection.execute(earlier).scalar_one() + 1}.csv"
        folder = installation.settings.outbox / run.folder
        folder.mkdir(parents=True, exist_ok=True)
        write_synced(folder / name, as_csv(rows))
        keep_beside(installation, connection, f"{run.folder}/{name}")
        values = {"state": PullState.ASKED, "asked_at": now, "last_time": last}
        connection.execute(update(Pull).where(mine, *NOT_ASKED).values(values))
        return f"{run.folder}/{name}"


def answer(connection: Connection, piece: int, state: PullState, *, now: datetime) -> bool:
    """Record the shop's answer to one request, and return whether it was new.

    A pulled piece is recalled, with the reason of the request.
    """
    reason = connection.execute(
        select(Pull.reason).where(Pull.piece_id == piece)
    ).scalar_one_or_none()
    still = (Pull.piece_id == piece) & Pull.state.in_((PullState.WANTED, PullState.ASKED))
    changed = connection.execute(
        update(Pull).where(still).values(state=state, answered_at=now)
    ).rowcount
    if not changed:
        return False
    if state is PullState.PULLED:
        move_pieces(connection, PrintPiece.id == piece, PieceState.RECALLED, now=now, reason=reason)
    return True


def recall(connection: Connection, piece: int, reason: str, *, now: datetime) -> None:
    """Recall a piece that is not printed any more. Its request to pull is answered by that."""
    want(connection, PrintPiece.id == piece, reason, now=now)
    answer(connection, piece, PullState.PULLED, now=now)


def pulls(
    installation: Installation, *, key: str | None = None, answered: bool = False
) -> list[PullLine]:
    """Return the unanswered requests, or all of them, of one run if its key is given.

    Raises:
        BadInput: there is no run under this key.
    """
    query = (
        select(Pull.__table__, PrintPiece.piece_id.label("piece"), Delivery.key, Person.person_ref)
        .join(PrintPiece, PrintPiece.id == Pull.piece_id)
        .join(PrintRun, PrintRun.id == PrintPiece.print_run_id)
        .join(Delivery, Delivery.id == PrintRun.delivery_id)
        .outerjoin(Touch, Touch.id == PrintPiece.touch_id)
        .outerjoin(Person, Person.id == Touch.person_id)
        .order_by(Pull.id)
    )
    with installation.store.reading() as connection:
        if key is not None:
            query = query.where(PrintPiece.print_run_id == find_run(connection, key).id)
        if not answered:
            query = query.where(Pull.answered_at.is_(None))
        return [
            PullLine(
                run=row.key,
                piece_id=row.piece,
                person_ref=row.person_ref,
                reason=row.reason,
                state=row.state.value,
                last_time=row.last_time,
                wanted_at=row.wanted_at,
                asked_at=row.asked_at,
                answered_at=row.answered_at,
            )
            for row in connection.execute(query)
        ]
