"""The demos of cards, a campaign from an invented file of people to its report, on its own clock."""

import os
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import select

import campaigns
from campaigns.planning import lifecycle, plans, submitting
from channels.port import Watch
from demo import citizen_replies
from demo.card_results import Demo, gather
from demo.online_requests import ask_online, offer_slots
from demo.registers import Registers
from demo.world import World
from desk.queue.wrap_up import wrap_up
from flows.local_runs import run_locally
from installation.installation import Installation, open_installation
from installation.settings import Settings
from outcomes.funnels import funnel
from people.importing import import_people
from people.invented.population import write_population
from people.numbers import PhoneNumber
from people.obligations import import_obligations
from store.audit_log import Decider
from store.clock import FixedClock, local_date, parse_moment
from store.errors import BadInput
from store.states import CallKind, CallState, Road, Role
from store.tables import (
    Call,
    Campaign,
    Delivery,
    Person,
    PrintRun,
    ResponseCode,
    Touch,
)

START = "2023-06-01T09:00"
MARK = ".kaartje-demo"
EXAMPLES = Path(campaigns.__file__).parent / "examples"
LISTED_SHARE = 0.004
MEETS = 0.45
"""Share of calls that end with an appointment; an assumption."""
LEFT_WAITING = 5
"""The latest calls are left waiting, so that the queue has somebody in it."""
MANAGER, COLLEAGUE, AGENT = "Anja", "Bilal", "Henri"
LETTERS = "abcdefghjkmnpqrstuvwxyz"
"""Of the password of the demo: those that nobody takes for another."""

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardYear:
    """One year's cards, as an example and the time in which it is played."""

    example: str
    start: str
    end: str
    people: int  # invented where nobody says how many
    online: bool  # the card has a QR code, and appointments can be made behind it

    @property
    def year(self) -> int:
        """The year of the cards."""
        return local_date(parse_moment(self.start)).year


CARDS_2023 = CardYear(
    example="contact-cards-2023",
    start=START,
    end="2023-10-02T09:00",
    people=10_000,
    online=False,
)
CARDS_2024 = CardYear(
    example="contact-cards-2024",
    start="2024-06-03T09:00",
    end="2024-10-14T09:00",
    people=30_000,
    online=True,
)


def stage(
    out: Path, *, people: int | None, seed: int, tell: Tell, watch: Watch, cards: CardYear
) -> Demo:
    """Play the whole demo below `out` and return what it made.

    Raises:
        BadInput: `out` holds something that no demo made.
    """
    _make_room(out)
    home = out.absolute() / "home"
    for name in [name for name in os.environ if name.startswith("KAARTJE_")]:
        # the demo has a database of its own, whatever the environment points at
        del os.environ[name]
    os.environ["KAARTJE_HOME"] = str(home)
    start = parse_moment(cards.start)
    installation = open_installation(
        Settings(home=home), clock=FixedClock(start), draws=Random(seed)
    )
    demo = Demo(
        home=home,
        people_file=out.absolute() / "people.csv",
        decisions=out.absolute() / "decisions.csv",
    )
    _import_people(installation, demo, out, cards, people or cards.people, seed, tell, watch)
    tell("Keeping a list of people who asked not to be reached")
    _list_some(installation, out, seed, start)

    tell(f"Planning the campaign of {cards.year}, having it approved by a colleague, launching it")
    file = _campaign_file(out, cards, seed)
    demo.plan = plans.plan(installation, file, now=start, decisions_file=demo.decisions)
    demo.campaign = demo.plan.campaign
    _decide(installation, file, start)

    demo.world = World(seed=seed, first_day=demo.plan.pieces[0].on)
    registers = Registers.opened(installation, out.absolute(), demo.world)
    if cards.online:
        offer_slots(installation, demo.world.first_day)
    _deliver_and_listen(installation, demo, out, registers, cards, tell=tell, watch=watch)
    _answer_calls(installation, seed)
    demo.funnel = funnel(installation, demo.campaign, now=parse_moment(cards.end))
    gather(installation, demo, out)
    demo.account, demo.agent = MANAGER.lower(), AGENT.lower()
    demo.password = _make_accounts(installation)
    installation.store.engine.dispose()
    return demo


def _import_people(
    installation: Installation,
    demo: Demo,
    out: Path,
    cards: CardYear,
    people: int,
    seed: int,
    tell: Tell,
    watch: Watch,
) -> None:
    """Invent people with what they still have to file, and import both."""
    start = parse_moment(cards.start)
    owed = out.absolute() / "obligations.csv"
    tell(f"Inventing {people:,} people who do not exist, and importing them")
    write_population(
        demo.people_file,
        people,
        seed,
        as_of=local_date(start).replace(day=1),
        obligations=owed,
        watch=watch,
    )
    demo.imported = import_people(
        installation.store,
        demo.people_file,
        key=installation.settings.key(),
        now=start,
        refused=out.absolute() / "people.refused.csv",
        watch=watch,
    )
    tell("Importing which returns they still have to file")
    import_obligations(installation.store, owed, now=start, watch=watch)


def _make_room(out: Path) -> None:
    if out.exists() and any(out.iterdir()):
        if not (out / MARK).exists():
            raise BadInput(
                "holds files that no demo made",
                "name an empty or a new folder with --out",
                file=str(out),
            )
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    (out / MARK).write_text("Made by kaartje demo; the next demo clears this folder.\n")


def _campaign_file(out: Path, cards: CardYear, seed: int) -> Path:
    example = EXAMPLES / f"{cards.example}.yaml"
    file = out.absolute() / example.name
    source = example.read_text(encoding="utf-8").replace(f"seed: {cards.year}", f"seed: {seed}")
    file.write_text(source, encoding="utf-8")
    return file


def _list_some(installation: Installation, out: Path, seed: int, now: datetime) -> None:
    from suppression.importing import import_list

    chance = Random(f"{seed}:listed")
    with installation.store.reading() as connection:
        refs = (
            connection.execute(select(Person.person_ref).order_by(Person.person_ref))
            .scalars()
            .all()
        )
    chosen = chance.sample(refs, max(1, int(len(refs) * LISTED_SHARE)))
    rows = (
        (ref, "OBJECTION" if chance.random() < 0.5 else "SUPPRESSED", "objections register")  # noqa: PLR2004
        for ref in chosen
    )
    file = out.absolute() / "suppressions.csv"
    citizen_replies.write_rows(file, ("person_ref", "reason", "source"), rows)
    import_list(installation.store, file, now=now, by=MANAGER)


def _decide(installation: Installation, file: Path, now: datetime) -> None:
    from desk.entries import roster

    name = submitting.submit(
        installation, file, by=Decider(MANAGER.lower(), road=Road.COMMAND), now=now
    ).plan.campaign
    with installation.store.reading() as connection:
        row = connection.execute(select(Campaign.spec).where(Campaign.name == name)).one()
    number = PhoneNumber.parse(row.spec["phone_line"]["number"]).e164
    roster.add(installation.store, number, AGENT, on_from=local_date(now), on_until=None)
    lifecycle.approve(
        installation, name, by=Decider(COLLEAGUE, road=Road.COMMAND), now=now, launch_at=now
    )


def _deliver_and_listen(
    installation: Installation,
    demo: Demo,
    out: Path,
    registers: Registers,
    cards: CardYear,
    *,
    tell: Tell,
    watch: Watch,
) -> None:
    """Deliver wave after wave, and import between them what citizens replied and who has filed."""
    with installation.store.reading() as connection:
        spec = connection.execute(
            select(Campaign.spec).where(Campaign.name == demo.campaign)
        ).scalar_one()
    moments = [parse_moment(f"{wave['date']}T09:00") for wave in spec["waves"]]
    taken: set[citizen_replies.Reply] = set()
    for number, (moment, until) in enumerate(
        zip(moments, [*moments[1:], parse_moment(cards.end)], strict=True), 1
    ):
        tell(
            f"{local_date(moment)}: wave {number} goes to the print shop (a Prefect flow, with a local engine)"
        )
        run_locally(
            "flows.delivering.deliver",
            installation=replace(installation, clock=FixedClock(moment)),
            watch=watch,
        )
        _print_and_post(installation, registers.world.seed, moment)
        sent = _cards(installation, demo.campaign)
        replies = {
            reply
            for card in sent
            for reply in citizen_replies.replies_to(card, registers.world, online=cards.online)
            if reply.at < until
        }
        new, taken = replies - taken, taken | replies
        file = out.absolute() / f"replies-{number}.csv"
        demo.booked += _hear(installation, demo.campaign, new, file, now=until)
        filed = registers.tell({card.person_ref: card.posted_on for card in sent}, now=until)
        tell(
            f"{local_date(until)}: {len(new)} simulated replies have come in,"
            f" and the registers say that {filed} people have filed"
        )


def _hear(
    installation: Installation,
    campaign: str,
    replies: set[citizen_replies.Reply],
    file: Path,
    *,
    now: datetime,
) -> int:
    """Take the replies of some weeks, and return how many made an appointment online."""
    from inbound.replies import import_replies

    rows = sorted(reply.row() for reply in replies if reply.kind != "web")
    citizen_replies.write_rows(file, citizen_replies.REPLY_COLUMNS, rows)
    import_replies(installation, file, now=now)
    return ask_online(installation, campaign, (each for each in replies if each.kind == "web"))


def _print_and_post(installation: Installation, seed: int, moment: datetime) -> None:
    """Run a simulated print shop for three days.

    It reads, prints once a colleague has signed, and posts.
    """
    from campaigns.post.proof_signing import sign
    from inbound.post.answer_folder import collect_answers
    from simulators.print_shop import ANSWERS, PrintShop
    from simulators.shop_faults import ShopFaults

    outbox = installation.settings.outbox
    shop = PrintShop(outbox, ShopFaults(), seed)
    for today in (moment + timedelta(days=day) for day in range(3)):
        shop.work(local_date(today))
        collect_answers(installation, outbox / ANSWERS, now=today)
        for key in _unsigned(installation):
            sign(installation, key, by=Decider(COLLEAGUE, road=Road.COMMAND), now=today)


def _unsigned(installation: Installation) -> list[str]:
    """Return the runs that the shop has received and whose press proof is not signed yet."""
    query = select(Delivery.key).join(PrintRun, PrintRun.delivery_id == Delivery.id)
    with installation.store.reading() as connection:
        waiting = query.where(PrintRun.received_at.is_not(None), PrintRun.proofed_at.is_(None))
        return list(connection.execute(waiting).scalars())


def _cards(installation: Installation, campaign: str) -> list[citizen_replies.Card]:
    with installation.store.reading() as connection:
        rows = connection.execute(
            select(Person.person_ref, ResponseCode.code, Touch.handed_over_at)
            .join(Touch, Touch.person_id == Person.id)
            .join(ResponseCode, ResponseCode.touch_id == Touch.id)
            .join(Campaign, Campaign.id == Touch.campaign_id)
            .where(Campaign.name == campaign, Touch.handed_over_at.is_not(None))
            .order_by(Person.person_ref)
        ).all()
    return [
        citizen_replies.Card(row.person_ref, row.code, local_date(row.handed_over_at))
        for row in rows
    ]


def _answer_calls(installation: Installation, seed: int) -> None:
    """Let the agent answer the calls, all but the latest few."""
    from desk.queue import queues

    with installation.store.reading() as connection:
        calls = connection.execute(
            select(Call.id, Call.kind, Call.received_at, Call.person_id)
            .where(Call.state == CallState.WAITING)
            .order_by(Call.received_at, Call.id)
        ).all()
    for call in calls[:-LEFT_WAITING]:
        chance = Random(f"{seed}:call:{call.person_id}:{call.received_at.isoformat()}")
        queues.take(installation.store, call.id, AGENT, call.received_at)
        end = call.received_at + timedelta(minutes=chance.randint(4, 25))
        prepares = call.kind is CallKind.PREPARE
        meets = not prepares and call.person_id is not None and chance.random() < MEETS
        wrap_up(
            installation.store,
            call.id,
            by=Decider(AGENT, road=Road.COMMAND),
            disposition="prepared" if prepares else "helped",
            note="Simulated conversation.",
            now=end,
            agreed=_appointment(end, chance) if meets else None,
        )


def _appointment(after: datetime, chance: Random) -> Any:
    from desk.queue.wrap_up import NewAppointment

    day = after + timedelta(days=chance.randint(2, 12))
    while day.isoweekday() > 5:  # noqa: PLR2004
        day += timedelta(days=1)
    return NewAppointment(chance.choice(("counter", "counter", "video", "phone")), day)


def _make_accounts(installation: Installation) -> str:
    """Open an account for a manager and one for an agent, and return the password of both."""
    from installation import accounts

    # letters only, which nobody finds easy to guess and everybody can type
    password = "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))
    for name, role in ((MANAGER.lower(), Role.MANAGER), (AGENT.lower(), Role.AGENT)):
        accounts.add(
            installation.store,
            name,
            role,
            password=password,
            now=installation.now(),
            by=Decider(MANAGER.lower(), road=Road.COMMAND),
        )
    return password
