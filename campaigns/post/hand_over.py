"""Hand print runs over to the print shop.

Without a server of its own a shop collects from the outbox, or from a folder of many machines, so a run is handed
over as soon as it stands there. With one, a run waits while its campaign is paused, is recalled when its campaign was
stopped, and is at the shop only once its control file is (`channels.run_shipping`); after a crash anywhere it is
simply handed over again.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection, select, update
from sqlalchemy.exc import OperationalError

from campaigns.post.collecting import put_for_collecting
from campaigns.post.later_shipments import send_later
from campaigns.post.outbox_runs import (
    GOES,
    LOG,
    HandedOver,
    OutboxRun,
    Waiting,
    announcement_of,
    differing_files,
    finish_swapping,
    first_difference,
    has_a_server,
    read_run,
    runs_in_state,
    shipment_of,
    waits,
)
from campaigns.post.pull_lists import make_lists, shards_at_the_shop, want, want_pulls_of
from campaigns.post.run_countries import countries_of
from campaigns.post.stored_files import bring_files, files_of
from campaigns.touches.composing import read_script
from campaigns.touches.touch_states import move
from channels.port import Unavailable, Watch, unwatched
from channels.run_shipping import Held, NotAsMade, NotOurs
from channels.shops import paper_of
from installation.installation import Installation
from store.audit_log import About, Kind, done
from store.clock import local_date
from store.errors import BadInput
from store.holds import Hold
from store.plain_errors import log_failure, why_it_failed
from store.sentences import Sentence, in_terms
from store.states import CampaignState, PieceState, RunState, TouchState
from store.tables import AuditEntry, Delivery, PrintPiece, PrintRun, Touch
from suppression.reasons import Reason

ENRICH = "enrich"
"""Action in the audit log for composing a run in the carrier's order."""
HUNDREDTHS_OF_A_CENT = Decimal(10_000)
"""Hundredths of a cent in a euro."""


def hand_over_runs(
    installation: Installation, *, now: datetime, watch: Watch = unwatched, key: str | None = None
) -> HandedOver:
    """Hand over every run that is made, or one of them. Safe to repeat at any time.

    What cannot go now waits, with its reason; a shop that cannot be reached is not tried for the next run.

    Raises:
        BadInput: there is no run under this key, or our key for the shop's server cannot be read.
    """
    with installation.store.reading() as connection:
        if key is not None:
            _is_known(connection, key)
        waiting = (
            []
            if installation.settings.dry
            else list(connection.execute(runs_in_state(key, RunState.MADE)).scalars())
        )
    total = HandedOver()
    sends = has_a_server(installation) and not installation.settings.dry
    unjudged = _ask_back(installation, now=now) if waiting and sends else {}
    for at, each in enumerate(waiting, 1):
        try:
            total += _hand_over(installation, each, unjudged, now=now, watch=watch)
        except Held as refused:
            total += waits(each, refused, failed=False)
        except (NotOurs, NotAsMade) as refused:
            total += waits(each, refused)
        except Unavailable as refused:
            others = (waits(other, refused, failed=False) for other in waiting[at:])
            return total + sum(others, waits(each, refused))
        except (OperationalError, BadInput):  # the database or the settings: of every run
            raise
        except Exception as error:  # noqa: BLE001  whatever it was, the other runs go
            log_failure(LOG, error, f"print run {each} cannot be handed over")
            total += waits(each, error)
        watch("hand over", at, len(waiting))
    total += _not_as_made(installation, key, {each.key for each in total.waiting})
    return total + send_later(installation, key) if sends else total


def _not_as_made(installation: Installation, key: str | None, known: Collection[str]) -> HandedOver:
    """Return the runs at the shop of which files are missing or changed, one line for each."""
    gone: dict[str, str] = {}
    for each in differing_files(installation, states=(RunState.HANDED_OVER,)):
        if each.key not in known and key in (None, each.key):
            gone.setdefault(each.key, each.line)
    return HandedOver(waiting=tuple(Waiting(run, why, failed=True) for run, why in gone.items()))


def _ask_back(installation: Installation, *, now: datetime) -> dict[int, str]:
    """Pull the pieces of people who died or objected since, and return the campaigns it failed for.

    Their runs do not leave: in doubt, hold.
    """
    unjudged: dict[int, str] = {}
    for shard in shards_at_the_shop(installation, now):
        try:
            want_pulls_of(installation, shard, now=now)
        except BadInput as refused:
            unjudged[shard.campaign_id] = why_it_failed(refused)
    make_lists(installation, now=now)
    return unjudged


def _is_known(connection: Connection, key: str) -> None:
    runs = select(PrintRun.id).join(Delivery, Delivery.id == PrintRun.delivery_id)
    if connection.execute(runs.where(Delivery.key == key)).first() is None:
        raise BadInput(
            Sentence("there is no print run {key!r}", key=key),
            "kaartje post list shows them",
            field="KEY",
        )


def _hand_over(
    installation: Installation,
    key: str,
    unjudged: Mapping[int, str],
    *,
    now: datetime,
    watch: Watch,
) -> HandedOver:
    """Hand over one run, unless another process is doing so."""
    with installation.store.holding(f"hand-over-{key}") as held:
        if not held:
            return HandedOver(
                waiting=(Waiting(key, Sentence("it is being handed over at this moment")),)
            )
        run = read_run(installation, key)
        if run.state is not RunState.MADE:
            return HandedOver()
        with installation.store.holding(f"pull-{key}") as quiet:
            if quiet:
                finish_swapping(installation, key)
        if (
            _waits_for_the_carrier(installation, key)
            and run.campaign_state is not CampaignState.STOPPED
        ):
            return HandedOver(
                waiting=(
                    Waiting(
                        key,
                        Sentence("the carrier has not given its order back: kaartje post enrich"),
                    ),
                )
            )
        if has_a_server(installation):
            return _to_the_server(installation, run, held, unjudged, now=now, watch=watch)
        if installation.collects_from_all and held.taken_over:
            return _waits_a_pass(key)
        if not installation.store.embedded:
            bring_files(installation, key)
        if differing := first_difference(installation, key):
            return HandedOver(waiting=(Waiting(key, differing.line, failed=True),))
        if installation.collects_from_all:
            _put_for_collecting(installation, run)
        done = _write_down(installation, run, now=now)
        if run.campaign_state is CampaignState.STOPPED:
            _ask_back_all(installation, run, now=now)
        return done


def _waits_a_pass(key: str) -> HandedOver:
    """Leave a run that was taken from a machine whose last word may still be on its way."""
    why = Sentence("another machine had begun with it; it goes in the next pass")
    return HandedOver(waiting=(Waiting(key, why),))


def _put_for_collecting(installation: Installation, run: OutboxRun) -> None:
    places = files_of(installation.store, run.key, whole=True)
    put_for_collecting(
        installation, run.folder, [place.removeprefix(f"{run.folder}/") for place in places]
    )


def _to_the_server(
    installation: Installation,
    run: OutboxRun,
    hold: Hold,
    unjudged: Mapping[int, str],
    *,
    now: datetime,
    watch: Watch,
) -> HandedOver:
    """Ship a run to the shop's server, recall it, or say why it waits."""
    if hold.taken_over:
        return _waits_a_pass(run.key)
    if run.campaign_id in unjudged:
        return HandedOver(waiting=(Waiting(run.key, unjudged[run.campaign_id], failed=True),))
    if run.is_frozen:
        why = Sentence("an incident or the stop of everything holds it")
        return HandedOver(waiting=(Waiting(run.key, why),))
    if run.campaign_state in GOES:
        bring_files(installation, run.key)
        return _ship(installation, run, hold, now=now, watch=watch)
    if run.campaign_state is CampaignState.STOPPED:
        return _recall(installation, run, now=now)
    why = Sentence("its campaign is {state}", state=in_terms(run.campaign_state))
    return HandedOver(waiting=(Waiting(run.key, why),))


def call_back(installation: Installation, key: str) -> bool:
    """Remove what an earlier attempt left at the shop, and return whether a new one may begin.

    Whoever calls holds `hand-over-<key>`.

    Raises:
        Unavailable: something of it was sent, and the shop cannot be asked now.
    """
    if not has_a_server(installation):
        return True
    shipment = shipment_of(installation, read_run(installation, key))
    if not shipment.take_back():
        return False
    shipment.tidy()
    return True


def _waits_for_the_carrier(installation: Installation, key: str) -> bool:
    if installation.shop is None or not installation.shop.enriched:
        return False
    enriched = select(AuditEntry.id).where(done(ENRICH, About(Kind.PRINT_RUN, key))).limit(1)
    with installation.store.reading() as connection:
        return connection.execute(enriched).first() is None


def _ship(
    installation: Installation, run: OutboxRun, hold: Hold, *, now: datetime, watch: Watch
) -> HandedOver:
    shipment = replace(
        shipment_of(installation, run),
        watch=watch,
        may_leave=lambda: hold.sure and read_run(installation, run.key).may_leave,
    )
    shipped = shipment.ship()
    if shipped.carried_off:
        LOG.warning(
            "print run %s had left when we were cut off, and the shop has carried it off", run.key
        )
    watch("ship", 1, 1)
    done = _write_down(installation, run, now=now)
    shipment.tidy()
    return done


def _write_down(installation: Installation, run: OutboxRun, *, now: datetime) -> HandedOver:
    shop, mine = installation.shop, PrintPiece.print_run_id == run.id
    with installation.store.writing() as connection:
        values = {
            "state": RunState.HANDED_OVER,
            "handed_over_at": now,
            "shop": shop.name if shop else None,
            "cost": _cost(connection, installation, run, now=now),
        }
        made = (PrintRun.id == run.id) & (PrintRun.state == RunState.MADE)
        runs = connection.execute(update(PrintRun).where(made).values(values)).rowcount
        state = {"state": PieceState.HANDED_OVER, "updated_at": now}
        connection.execute(
            update(PrintPiece).where(mine, PrintPiece.state == PieceState.MADE).values(state)
        )
    announcement_of(installation, run.key).unlink(missing_ok=True)
    return HandedOver(runs=runs)


def _cost(
    connection: Connection, installation: Installation, run: OutboxRun, *, now: datetime
) -> int | None:
    """Return the price of a run in hundredths of a cent, or None if the shop's list has none."""
    if installation.shop is None or installation.shop.prices is None:
        return None
    today = local_date(now)
    try:
        script = read_script(connection, run.campaign_id, run.step_id, today=today)
    except BadInput as unreadable:  # the run has left all the same
        LOG.warning("the price of print run %s is not known: %s", run.key, unreadable)
        return None
    abroad = countries_of(connection, run.id, to_guardian=script.campaign.to_representative)
    paper = paper_of(script.template.layout)
    price = installation.shop.price(paper, run.cards + run.seeds, abroad)
    return None if price is None else int(price * HUNDREDTHS_OF_A_CENT)


def _ask_back_all(installation: Installation, run: OutboxRun, *, now: datetime) -> None:
    """Ask back a run of a stopped campaign that the shop has all the same."""
    reason = Reason.CAMPAIGN_STOPPED.value
    with installation.store.writing() as connection:
        want(connection, PrintPiece.print_run_id == run.id, reason, now=now)


def _recall(installation: Installation, run: OutboxRun, *, now: datetime) -> HandedOver:
    """Recall a run of a stopped campaign that has not left. Nobody counts as reached by it."""
    if not shipment_of(installation, run).take_back():
        _ask_back_all(installation, run, now=now)
        return _write_down(installation, run, now=now)
    reason = Reason.CAMPAIGN_STOPPED.value
    with installation.store.writing() as connection:
        mine = Touch.delivery_id == run.delivery_id
        recalled = move(
            connection,
            mine,
            TouchState.RECALLED,
            origin=TouchState.HANDED_OVER,
            now=now,
            reason=reason,
        )
        pieces = {"state": PieceState.RECALLED, "reason": reason, "updated_at": now}
        connection.execute(
            update(PrintPiece).where(PrintPiece.print_run_id == run.id).values(pieces)
        )
        ended = {"state": RunState.CLOSED, "closed_at": now}
        connection.execute(update(PrintRun).where(PrintRun.id == run.id).values(ended))
    announcement_of(installation, run.key).unlink(missing_ok=True)
    shipment_of(installation, run).tidy()
    return HandedOver(recalled=recalled)
