"""Count the people that one arm of a campaign loses to what another arm needs."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from campaigns.planning.draft_decisions import Brief
from campaigns.planning.draft_tables import judged
from store.sentences import Sentence, joined
from store.tables import Person
from suppression.reasons import Reason, named

SAMPLE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherArm:
    """How many people an arm loses to what another arm needs."""

    arm: str
    channel: str
    people: int
    matched: int
    reasons: Mapping[str, int]  # of the other arm; one person may have several
    sample: tuple[str, ...]  # the references of a few

    def as_data(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)

    def sentence(self) -> Sentence:
        """Return it in one line, with why it is right and what else can be done."""
        return Sentence(
            "{people:,} of {matched:,} people could be reached by {channel} (arm {arm}) and are left out, since another"
            " arm cannot reach them, for instance {refs}. {why} That is right for a trial: everybody must be able to"
            " get either. To reach them too, give them {channel} in a campaign of its own",
            people=self.people,
            matched=self.matched,
            channel=self.channel,
            arm=self.arm,
            why=joined(
                " ",
                [
                    Sentence("{count:,}: {reason}", count=count, reason=Reason(code).as_sentence())
                    for code, count in self.reasons.items()
                ],
            ),
            refs=", ".join(self.sample),
        )


def lost_to_other_arms(connection: Connection, brief: Brief, matched: int) -> tuple[OtherArm, ...]:
    """Return for each arm how many people it loses to another one. The drafts are judged already."""
    if len({occasion.reaches for occasion in brief.occasions}) == 1:
        return ()
    found = []
    for at, arm in enumerate(brief.campaign.treated):
        query = (
            select(
                judged.c.mask,
                func.count().label("people"),
                func.min(judged.c.person_ref),
                func.max(judged.c.person_ref),
            )
            .select_from(judged.join(Person.__table__, Person.id == judged.c.person_id))
            .where(judged.c.mask != 0, brief.held(at) == 0)
            .group_by(judged.c.mask)
        )
        reasons: Counter[Reason] = Counter()
        people, refs = 0, set()
        for held, count, *some in connection.execute(query):
            people += count
            refs.update(some)
            reasons.update(dict.fromkeys(named(held), count))
        if people:
            found.append(
                OtherArm(
                    arm=arm.name,
                    channel=arm.steps[0].channel,
                    people=people,
                    matched=matched,
                    reasons={reason.value: count for reason, count in reasons.most_common()},
                    sample=tuple(sorted(refs)[:SAMPLE]),
                )
            )
    return tuple(found)
