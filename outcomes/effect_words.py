"""The sentences on top of an effect: what we know, how sure we are, and what we do not know."""

from dataclasses import dataclass
from datetime import date

from methods.proportion_tests import two_sided
from methods.sample_size import detectable_difference
from outcomes.effect_design import Deviation
from outcomes.effects import Difference, Effect, Verdict, Why
from store.sentences import Sentence
from store.states import OutcomeKind

RARE = 0.001
LEAST_POINTS = 0.1
"""The smallest difference of every 100 people that is written as a number."""
_DID: dict[str, Sentence] = {
    OutcomeKind.FILED: Sentence("filed a return"),
    OutcomeKind.APPOINTMENT: Sentence("made an appointment"),
    OutcomeKind.PAYMENT_ARRANGED: Sentence("made a payment arrangement"),
    OutcomeKind.DEBT_HELP: Sentence("got debt help"),
    OutcomeKind.NOT_LIABLE: Sentence("turned out to owe no return"),
    OutcomeKind.ASSESSMENT_PREVENTED: Sentence("kept an assessment without a return away"),
}
"""Each outcome, as people have done it."""


_ARMS: dict[str, Sentence] = {
    "card": Sentence("the card"),
    "text": Sentence("the text message"),
    "sms": Sentence("the text message"),
    "call": Sentence("the call"),
    "letter": Sentence("the letter"),
}
"""Arms that are named for what they send, as one says it."""


@dataclass(frozen=True, slots=True)
class Said:
    """An effect in three sentences."""

    known: str
    sure: str
    unknown: str

    def lines(self) -> tuple[str, str, str]:
        """Return the sentences in their order."""
        return self.known, self.sure, self.unknown


def named(arm: str) -> str:
    """Return an arm as a sentence says it."""
    return _ARMS.get(arm, arm)


def did(kind: str) -> Sentence:
    """Return what somebody with this outcome has done."""
    return _DID[kind]


def said(effect: Effect) -> Said:
    """Return an effect in sentences."""
    match effect.verdict, effect.best:
        case Verdict.MORE | Verdict.FEWER, Difference() as best:
            return _shown(effect, best, _top(effect, best))
        case Verdict.NOT_SHOWN, Difference() as best:
            return _not_shown(effect, best)
        case _:
            return _cannot_be_said(effect)


_NO_VERDICT: dict[str, Sentence] = {
    Deviation.LOOK_NOT_PLANNED: Sentence("nobody planned to look on this day"),
    Deviation.OTHER_OUTCOME: Sentence("this outcome was chosen afterwards"),
    Deviation.NOT_REGISTERED: Sentence("outcome and day were chosen afterwards"),
}


def _top(effect: Effect, best: Difference) -> Sentence:
    """Return the top sentence of a difference that was shown.

    It is quoted without the ones below it, so it says itself where something was chosen afterwards.
    """
    more = effect.verdict is Verdict.MORE
    points, of = _points(best.difference), did(effect.outcome)
    why = next((_NO_VERDICT[each] for each in effect.deviations), None)
    if why is None and more:
        return Sentence(
            "It made a difference: because of {arm}, {points} more of every 100 people have {did}.",
            arm=named(best.arm),
            points=points,
            did=of,
        )
    if why is None:
        return Sentence(
            "It did the opposite: because of {arm}, {points} fewer of every 100 people have {did}.",
            arm=named(best.arm),
            points=points,
            did=of,
        )
    if more:
        return Sentence(
            "It looks as if {arm} helped: {points} more of every 100 people have {did}. That is"
            " no verdict, since {why}.",
            arm=named(best.arm),
            points=points,
            did=of,
            why=why,
        )
    return Sentence(
        "It looks as if {arm} did the opposite: {points} fewer of every 100 people have {did}."
        " That is no verdict, since {why}.",
        arm=named(best.arm),
        points=points,
        did=of,
        why=why,
    )


def _points(difference: float) -> Sentence:
    """Return a difference in words that never say nought where there is one."""
    if abs(difference) < LEAST_POINTS / 2:
        return Sentence("less than {least:.1f}", least=LEAST_POINTS)
    return Sentence("{points:.1f}", points=abs(difference))


def _signed(points: float) -> float:
    """Return an end of an interval in tenths, without a minus before nought."""
    return round(points, 1) + 0.0


def _shown(effect: Effect, best: Difference, known: Sentence) -> Said:
    sure = Sentence(
        "The true difference lies between {low:+.1f} and {high:+.1f}, with {sure:.0%} certainty;"
        " chance alone gives one as large {often}.",
        sure=1 - two_sided(effect.z),
        low=_signed(best.low),
        high=_signed(best.high),
        often=_often(best.p_corrected),
    )
    return Said(
        known,
        sure,
        _not_known(effect),
    )


def _not_known(effect: Effect) -> Sentence:
    if effect.control == "later-waves":
        return Sentence(
            "This compares with the waves that were still to go, until {day}. What it did after that day is not"
            " known, since then everybody had it.",
            day=date.fromisoformat(effect.counted_until),
        )
    return Sentence(
        "We do not know what happens after {day}, nor what it would do for people outside this audience.",
        day=date.fromisoformat(effect.as_of),
    )


_DEPARTED: dict[str, Sentence] = {
    Deviation.NOT_REGISTERED: Sentence(
        "Nothing was registered before it went out: the outcome and the day were chosen afterwards."
    ),
    Deviation.OTHER_OUTCOME: Sentence(
        "This is not the outcome that was registered: an outcome chosen afterwards shows more than there is."
    ),
    Deviation.LOOK_NOT_PLANNED: Sentence(
        "This day was no planned look: who looks often enough finds a difference."
    ),
}


def deviations(effect: Effect) -> list[Sentence]:
    """Return what was done otherwise than it was registered, in sentences."""
    return [_DEPARTED[each] for each in effect.deviations]


def _not_shown(effect: Effect, best: Difference) -> Said:
    known = _as_it_came(best, did(effect.outcome))
    sure = Sentence(
        "The true difference may be anything from {low:+.1f} to {high:+.1f};"
        " chance alone gives one as large {often}.",
        low=_signed(best.low),
        high=_signed(best.high),
        often=_often(best.p_corrected),
    )
    if (points := _detectable(effect, best)) is None:
        return Said(
            known,
            sure,
            Sentence(
                "This is no proof that it did not help: with so few people no difference would be found for sure."
            ),
        )
    return Said(
        known,
        sure,
        Sentence(
            "This is no proof that it did not help: a difference under {points:.1f} is missed"
            " more often than one time in five.",
            points=100 * points,
        ),
    )


def _as_it_came(best: Difference, of: Sentence) -> Sentence:
    """Return the top sentence of a difference that was not shown."""
    if abs(best.difference) < LEAST_POINTS / 2:
        return Sentence(
            "It is not shown that {arm} made a difference: of every 100 people as many have {did} as in"
            " the control group.",
            arm=named(best.arm),
            did=of,
        )
    if best.difference > 0:
        return Sentence(
            "It is not shown that {arm} made a difference: of every 100 people {points} more have {did}"
            " than in the control group, which may be chance.",
            arm=named(best.arm),
            points=_points(best.difference),
            did=of,
        )
    return Sentence(
        "It is not shown that {arm} made a difference: of every 100 people {points} fewer have {did}"
        " than in the control group, which may be chance.",
        arm=named(best.arm),
        points=_points(best.difference),
        did=of,
    )


def _detectable(effect: Effect, best: Difference) -> float | None:
    """Return the smallest difference that this trial would have found."""
    control = effect.main.control
    arm = next(each for each in effect.main.arms if each.group == best.arm)
    if control is None or control.share is None:
        return None
    return detectable_difference(control.share, held_out=control.people, per_arm=arm.people)


def _often(chance: float) -> Sentence:
    if chance < RARE:
        return Sentence("less than once in 1,000 draws")
    return Sentence("in {share:.1%} of draws", share=chance)


def _cannot_be_said(effect: Effect) -> Said:
    match effect.why:
        case Why.NOBODY_REACHED:
            return Said(
                Sentence("Nothing had gone out by {day}.", day=date.fromisoformat(effect.as_of)),
                Sentence("So there is no effect to speak of yet."),
                Sentence("What it will do is not known."),
            )
        case Why.LEDGER_REMOVED:
            return Said(
                Sentence("Whether it helped cannot be said any more."),
                Sentence("Who was in which group was removed at the end of its retention period."),
                Sentence("An effect is known only while the groups are."),
            )
        case Why.SAMPLE_RATIO:
            return Said(
                Sentence("Whether it helped cannot be said."),
                Sentence(
                    "The groups are not of the sizes that were drawn: people were lost or added after the draw."
                ),
                Sentence("Find out where they went before you believe any difference."),
            )
        case _:
            return _without_control(effect)


def _without_control(effect: Effect) -> Said:
    even = effect.break_even
    if even is None or even.share is None:
        return Said(
            Sentence("Whether it helped cannot be said."),
            Sentence("Nobody was drawn."),
            Sentence("What it would do is not known."),
        )
    return Said(
        Sentence(
            "{hits} of {people} people have {did} ({share:.1%}).",
            hits=even.hits,
            people=even.people,
            did=did(effect.outcome),
            share=even.share,
        ),
        Sentence(
            "Whether they did so because of the campaign cannot be said: nobody was left out by lot."
        ),
        Sentence(
            "If {share:.1%} (from {low:.1%} to {high:.1%}) would have done so anyway, the effect is nought."
            " Hold some people out next time.",
            share=even.share,
            low=even.low,
            high=even.high,
        ),
    )
