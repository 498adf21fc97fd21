"""The demo of texts, with a card after ten days to those who did not file, and simulated replies.

The provider is the simulated one, over real HTTP on this machine, and our own webhooks are served
for it. Its reports and the replies of citizens (which are drawn) come in signed and are processed
as `kaartje serve` does.
"""

import os
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import func, select

import campaigns
from campaigns.planning import lifecycle, submitting
from channels.port import Watch
from demo.card_campaign import (
    AGENT,
    COLLEAGUE,
    MANAGER,
    START,
    Tell,
    _make_accounts,
    _make_room,
)
from demo.phone_lines import (
    Provider,
    SettableClock,
    free_line,
    process_reports,
    process_text,
    provider,
    serve_console,
)
from demo.registers import Registers
from demo.text_results import NAME, TextDemo
from demo.world import World
from desk.entries.answer_delivery import deliver_answers
from desk.queue.queues import waiting
from flows.delivery_pass import PassFailed, run_pass
from inbound.intents import meaning_of
from installation.installation import Installation, open_installation
from installation.settings import Settings
from outcomes.funnels import funnel
from people.importing import import_people
from people.invented.population import write_population
from people.obligations import import_obligations
from store.audit_log import Decider
from store.clock import LOCAL, local_date, parse_moment
from store.states import AnswerKind, Road, TouchState
from store.tables import Answer, Reply, Touch

EXAMPLE = Path(campaigns.__file__).parent / "examples" / f"{NAME}.yaml"
TEXTED, CARDED, END = (parse_moment(f"2023-{day}T09:00") for day in ("06-06", "06-16", "07-17"))
OUR_NUMBER = "+31612340000"
ACCOUNT, TOKEN = "AC" + "1" * 32, "of a rehearsal"
ANSWERS_SHARE = 0.3
"""Made up."""
NO_EFFECT = 0.0
"""True effect of text and card in this demo: everybody files as often, texted or held out."""
REPLIES = (
    "STOP",
    "Stop aub",
    "bel mij morgen na 5",
    "kan u maandag tussen 10 en 12 bellen",
    "Bel mij maar",
    "Wie is dit?",
    "HULP",
    "please call me tomorrow after 3pm",
    "ok 👍",
    "STOP bel me maar",
    "vanavond graag",
    "Ik heb al aangifte gedaan",
)
_WENT = (TouchState.HANDED_OVER, TouchState.DELIVERED)


def stage_texts(
    out: Path,
    *,
    people: int,
    seed: int,
    make_app: Callable[[Installation], Any],
    tell: Tell,
    watch: Watch,
) -> TextDemo:
    """Play the demo below `out` and return its results.

    Args:
        out: the folder of the demo; made anew.
        people: how many to invent.
        seed: under which everything is drawn.
        make_app: makes the console's web application, which the simulated provider posts to.
        tell: shows one line of progress.
        watch: counts what is under way.

    Raises:
        BadInput: `out` holds something that no demo made.
    """
    _make_room(out)
    home = out.absolute() / "home"
    for name in [name for name in os.environ if name.startswith("KAARTJE_")]:
        # the demo has a database of its own, whatever the environment points at
        del os.environ[name]
    start = parse_moment(START)
    listening, public_url = free_line()
    with provider(seed, TOKEN, public_url) as simulated:
        accounts = {
            "twilio_account_sid": ACCOUNT,
            "twilio_auth_token": TOKEN,
            "twilio_url": simulated.url,
            "sms_from": OUR_NUMBER,
            "public_url": public_url,
        }
        settings = Settings(home=home, sms_rate=100_000, **accounts)
        clock = SettableClock(start)
        installation = open_installation(settings, clock=clock, draws=Random(seed))
        demo = TextDemo(home=home)
        tell(f"Inventing {people:,} people who do not exist, and importing them")
        file = out.absolute() / "people.csv"
        owed = out.absolute() / "obligations.csv"
        write_population(file, people, seed, obligations=owed, watch=watch)
        import_people(
            installation.store, file, key=installation.settings.key(), now=start, watch=watch
        )
        import_obligations(installation.store, owed, now=start, watch=watch)
        world = World(seed=seed, first_day=local_date(TEXTED), effect=NO_EFFECT)
        registers = Registers.opened(installation, out.absolute(), world)
        tell("Planning a text, and ten days later a card; a colleague approves it")
        _launch(installation, out, seed, start)
        with serve_console(make_app(installation), listening):
            _text(installation, clock, demo, tell=tell, watch=watch)
            _listen(installation, clock, simulated, seed)
            clock.at = CARDED
            _send_cards(installation, demo, registers, tell=tell, watch=watch)
            clock.at = END
            registers.tell({}, now=END)
            process_reports(installation)
        _gather(installation, demo)
        installation.store.engine.dispose()
    return demo


def _launch(installation: Installation, out: Path, seed: int, now: datetime) -> None:
    file = out.absolute() / EXAMPLE.name
    file.write_text(
        EXAMPLE.read_text(encoding="utf-8").replace("seed: 2023", f"seed: {seed}"), encoding="utf-8"
    )
    name = submitting.submit(
        installation, file, by=Decider(MANAGER, road=Road.COMMAND), now=now
    ).plan.campaign
    lifecycle.approve(
        installation, name, by=Decider(COLLEAGUE, road=Road.COMMAND), now=now, launch_at=now
    )


def _text(
    installation: Installation, clock: SettableClock, demo: TextDemo, *, tell: Tell, watch: Watch
) -> None:
    clock.at = TEXTED
    demo.texts = _counts(installation, TEXTED, watch)["handed_over"]
    tell(
        f"{_day(TEXTED)}: {demo.texts} texts went out; the provider reports, and people answer in the days that follow"
    )
    process_reports(installation)


def _listen(
    installation: Installation, clock: SettableClock, simulated: Provider, seed: int
) -> None:
    """Let people answer at the provider, each at their own time.

    Its requests to our webhooks are real.
    """
    found = [reply for number in simulated.delivered() if (reply := _reply(number, seed))]
    for number, moment, words in sorted(found, key=lambda reply: (reply[1], reply[0])):
        clock.at = moment
        process_text(installation, simulated.answer(number, words))
        deliver_answers(installation, now=moment)


def _counts(installation: Installation, now: datetime, watch: Watch) -> Mapping[str, int]:
    """Make one pass and return its counts.

    A demo in which something fails ends there.
    """
    done = run_pass(installation, now=now, watch=watch)
    if done.failures:
        raise PassFailed(done)
    return done.counts


def _reply(number: str, seed: int) -> tuple[str, datetime, str] | None:
    """Return the number, moment and words of a reply, if there is one.

    The same seed gives the same.
    """
    chance = Random(f"{seed}:text:{number}")
    if chance.random() >= ANSWERS_SHARE:
        return None
    return (
        number,
        TEXTED + timedelta(minutes=chance.randint(1, 3 * 24 * 60)),
        chance.choice(REPLIES),
    )


def _send_cards(
    installation: Installation, demo: TextDemo, registers: Registers, *, tell: Tell, watch: Watch
) -> None:
    registers.tell({}, now=CARDED)
    done = _counts(installation, CARDED, watch)
    demo.cards, demo.filed_before_the_card = done["handed_over"], done["dropped"]
    tell(
        f"{_day(CARDED)}: {demo.cards} cards go to the print shop; {demo.filed_before_the_card} people had filed"
        " and get none"
    )


def _gather(installation: Installation, demo: TextDemo) -> None:
    with installation.store.reading() as connection:
        went = (
            select(Answer.kind, func.count()).where(Answer.state.in_(_WENT)).group_by(Answer.kind)
        )
        demo.answers = {AnswerKind(kind).value: count for kind, count in connection.execute(went)}
        refused = select(func.count()).where(Answer.error_code == "21610")
        demo.confirmed_by_provider = connection.execute(refused).scalar_one()
        held = select(func.count()).where(
            Touch.state == TouchState.WITHHELD, Touch.reason == "OBJECTION"
        )
        demo.held = connection.execute(held).scalar_one()
        ends = select(Touch.state, func.count()).where(Touch.channel == "sms").group_by(Touch.state)
        ended = {row[0]: row[1] for row in connection.execute(ends)}
        replies = connection.execute(select(Reply.text, Reply.received_at)).all()
    demo.delivered, demo.failed = (
        ended.get(end, 0) for end in (TouchState.DELIVERED, TouchState.FAILED)
    )
    meant = (
        meaning_of(reply.text, at=reply.received_at, hours=installation.policy.hours)
        for reply in replies
    )
    demo.asked = Counter(each.intent.value for each in meant)
    demo.waiting = waiting(installation.store, now=END)
    demo.funnel = funnel(installation, NAME, now=END)
    demo.account, demo.agent = MANAGER.lower(), AGENT.lower()
    demo.password = _make_accounts(installation)


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(LOCAL):%Y-%m-%d}"
