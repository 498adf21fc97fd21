"""Schema of a campaign file (YAML)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from campaigns.touches.campaign_parts import (
    REPLY,
    AboutFile,
    CapFile,
    DeviationFile,
    Dpia,
    Line,
    Name,
    Part,
    Sender,
    ShortText,
    StepFile,
    Stop,
    WaveFile,
)
from campaigns.touches.trial_parts import TrialFile
from methods.sequential_boundaries import MOST_LOOKS
from store.errors import BadInput
from store.fact_words import check_words
from store.sentences import Sentence, as_sentence
from store.states import OutcomeKind
from suppression.cap_floors import ALL_CAPS, caps_in_force, is_looser, rule_name
from suppression.policies import Cap, Policy, Purpose

WHOLE = 100


def _as_list(value: Any) -> Any:
    return (value,) if isinstance(value, Mapping) else value


class AudienceFile(Part):
    """The audience, as a condition on people and facts or as a saved audience and its version."""

    where: Annotated[
        str, Field(default="", description="for instance: years_without_return >= 2 and has(card)")
    ]
    name: Annotated[
        Name | None, Field(default=None, description="A saved audience, instead of a where")
    ]
    version: Annotated[int | None, Field(default=None, ge=1, description="Which version of it")]
    necessity: Annotated[
        str | None,
        Field(
            default=None, description="Why a sensitive column must select; the approver reads it"
        ),
    ]

    words: Annotated[
        dict[str, dict[str, str]],
        Field(
            default={},
            description="How a citizen is told of a fact: years_open: {nl: u {value} jaar …, en: you …}",
        ),
    ]

    @model_validator(mode="after")
    def _describes_in_both_languages(self) -> Self:
        for name, words in self.words.items():
            try:
                check_words(name, words)
            except BadInput as refused:
                raise ValueError(
                    Sentence(
                        "{name} {problem}; {remedy}",
                        name=name,
                        problem=as_sentence(refused.problem),
                        remedy=as_sentence(refused.remedy),
                    )
                ) from None
        return self

    @model_validator(mode="after")
    def _says_whom(self) -> Self:
        # a frozen campaign has both: the name it was called by, and the rule written out
        if not self.where and self.name is None:
            raise ValueError(
                "says nobody; write where: …, or name: and version: of a saved audience"
            )
        if (self.name is None) != (self.version is None):
            raise ValueError("names half an audience; write both, name: two-years and version: 3")
        return self


class ArmFile(Part):
    """One treatment arm, or the hold-out."""

    name: Name
    share: Annotated[int, Field(ge=0, le=100, description="Per cent of the people")]
    hold_out: bool = False
    steps: tuple[StepFile, ...] = ()

    @field_validator("steps", mode="before")
    @classmethod
    def _else_is_a_step(cls, steps: Any) -> Any:
        """Write the other channel of the first step as a step of its own, beside it."""
        if not isinstance(steps, list | tuple) or not steps or not isinstance(steps[0], Mapping):
            return steps
        first, *later = steps
        if not isinstance(other := first.get("else"), Mapping):
            return steps
        if "condition" in other or "else" in other:
            raise ValueError(
                "else: says a condition or an else of its own; write channel, template and price only"
            )
        own = {name: each for name, each in first.items() if name != "else"}
        return [own, {"delay": first.get("delay", 0), **other, "instead": True}, *later]

    @model_validator(mode="after")
    def _else_on_the_first_step(self) -> Self:
        if any(step.other for step in self.steps):
            raise ValueError(
                "else: stands on a later step; write it on the first, which decides whom the arm reaches"
            )
        if any(step.instead for at, step in enumerate(self.steps) if at != 1):
            raise ValueError("instead: is set by else; write else: on the first step of the arm")
        if len(self.steps) > 1 and self.steps[1].instead:
            first, other = self.steps[0], self.steps[1]
            if first.channel == other.channel:
                raise ValueError(
                    "else: names the channel of the step itself; name another, as channel: card"
                )
        return self

    @model_validator(mode="after")
    def _first_step_waits_for_nothing(self) -> Self:
        if self.steps and _only_after(self.steps[0]):
            raise ValueError(
                Sentence(
                    "the first step is only for those with {condition}, and nobody can have that yet;"
                    " write the condition on a later step",
                    condition=self.steps[0].condition,
                )
            )
        return self

    @model_validator(mode="after")
    def _steps_where_reached(self) -> Self:
        if self.hold_out and self.steps:
            raise ValueError("a hold-out gets nothing; remove its steps")
        if not self.hold_out and not self.steps:
            raise ValueError(
                "an arm needs at least one step; write steps: [{channel: card, template: contact-card}]"
            )
        return self


def _lacks_dutch(said: Any) -> bool:
    return isinstance(said, dict) and "nl" not in said


class CampaignFile(Part):
    """A campaign file."""

    campaign: Name
    title: ShortText
    purpose: Purpose
    subject: Annotated[
        Name | None,
        Field(
            default=None,
            description="What it is about: nobody is in two running campaigns about one subject",
        ),
    ]
    about: Annotated[
        tuple[AboutFile, ...],
        Field(default=(), description="The obligations it is about, where known"),
    ]
    asked_on: Annotated[
        str | None,
        Field(default=None, description="Service: the date fact that says when the citizen asked"),
    ]
    to_representative: Annotated[
        bool,
        Field(
            default=False,
            description="Write to the guardian of whoever has one, in a closed letter",
        ),
    ]
    legal_basis: ShortText
    dpia: Dpia
    retention: Annotated[
        str, Field(min_length=1, max_length=60, description="The retention class of its records")
    ]
    owner: ShortText
    open_card: Annotated[
        bool, Field(default=False, description="A duty campaign may send an open card: say so here")
    ]
    sender: Sender
    phone_line: Line
    audience: AudienceFile
    limit: Annotated[
        int | None, Field(default=None, ge=1, le=10**9, description="People reached at most")
    ]
    seed: Annotated[int, Field(ge=0, lt=2**63, description="Under which every draw is made")]
    arms: Annotated[tuple[ArmFile, ...], Field(min_length=1)]
    waves: Annotated[tuple[WaveFile, ...], Field(min_length=1)]
    caps: Annotated[dict[str, CapFile], Field(default={})]
    deviation: Annotated[
        tuple[DeviationFile, ...],
        BeforeValidator(_as_list, json_schema_input_type=DeviationFile | tuple[DeviationFile, ...]),
        Field(default=(), description="Why a cap of this file is looser than the body's own"),
    ]
    stop_when: Annotated[
        tuple[Stop, ...],
        Field(
            default=(),
            description="What ends it for somebody, beside filed and not_liable, which always do",
        ),
    ]
    trial: Annotated[
        TrialFile, Field(default=TrialFile(), description="How its effect will be judged")
    ]
    budget: Annotated[
        Decimal,
        Field(ge=0, le=10**9, description="Euros; a plan that costs more cannot be submitted"),
    ]

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        total = sum(arm.share for arm in self.arms)
        if total != WHOLE:
            raise ValueError(
                Sentence(
                    "arms: the shares add up to {total}, not {whole}; change arms[].share",
                    total=total,
                    whole=WHOLE,
                )
            )
        names = [arm.name for arm in self.arms]
        if len(set(names)) != len(names):
            raise ValueError("arms: two have the same name; give each its own")
        if sum(arm.hold_out for arm in self.arms) > 1:
            raise ValueError("arms: there is more than one hold-out; keep one")
        if all(arm.hold_out for arm in self.arms):
            raise ValueError(
                "arms: every arm is a hold-out, so nobody would be reached; add an arm with steps"
            )
        return self

    @model_validator(mode="after")
    def _service_was_asked_for(self) -> Self:
        if self.purpose == "service" and self.asked_on is None:
            raise ValueError(
                "asked_on: a service is what citizens asked for; name the date fact that says when they did"
            )
        if self.purpose != "service" and self.asked_on is not None:
            raise ValueError(
                "asked_on: only a service is asked for; remove it, or write purpose: service"
            )
        return self

    @model_validator(mode="after")
    def _trial_fits(self) -> Self:
        first, trial = self.waves[0].date, self.trial
        if any(later <= earlier for earlier, later in pairwise(trial.looks)):
            raise ValueError("trial: the looks are not in order of date; sort them, each once")
        if len(trial.looks) >= MOST_LOOKS:
            raise ValueError("trial: there are more than 19 looks before the last; keep fewer")
        if trial.as_of and trial.looks and trial.looks[-1] >= trial.as_of:
            raise ValueError("trial: a look is not before as_of, the last; write as_of later")
        if any(day <= first for day in (*trial.looks, trial.as_of or date.max)):
            raise ValueError(
                "trial: a look is not after the first wave, when nothing can be seen; write a later day"
            )
        if trial.hold_out_until and not self.hold_out_share:
            raise ValueError("trial: nobody is held out; remove hold_out_until, or add a hold-out")
        if trial.hold_out_until and trial.hold_out_until <= self.last_date:
            raise ValueError(
                "trial: the hold-out ends before the last touch; write hold_out_until later"
            )
        if unknown := [each for each in trial.subgroups if each not in trial.strata]:
            raise ValueError(
                Sentence(
                    "trial: subgroup {name} is no stratum, so nobody would know who was in it;"
                    " write its condition under trial.strata",
                    name=unknown[0],
                )
            )
        if self.purpose == "service" and self.hold_out_share:
            raise ValueError(
                "arms: a service was asked for, so nobody is held out of it; remove the hold-out"
            )
        return self

    @model_validator(mode="after")
    def _no_step_after_the_end(self) -> Self:
        conditions = {
            step.condition for arm in self.arms for step in arm.steps if _only_after(step)
        }
        if ended := sorted(conditions & {*self.stop_when}):
            raise ValueError(
                Sentence(
                    "stop_when: {name} ends it for somebody, and a step is only for those with {name};"
                    " remove one of the two",
                    name=ended[0],
                )
            )
        return self

    @model_validator(mode="after")
    def _said_in_dutch(self) -> Self:
        if _lacks_dutch(self.phone_line.hours):
            raise ValueError("phone_line: the hours are not said in Dutch; add nl: …")
        if _lacks_dutch(self.sender.name):
            raise ValueError("sender: the name is not said in Dutch; add nl: …")
        if _lacks_dutch(self.sender.team):
            raise ValueError("sender: the team is not said in Dutch; add nl: …")
        return self

    @model_validator(mode="after")
    def _waves_in_order(self) -> Self:
        dates = [wave.date for wave in self.waves]
        if any(later <= earlier for earlier, later in pairwise(dates)):
            raise ValueError(
                "waves: these are not in order of date; sort them, each on its own date"
            )
        shares = [wave.share for wave in self.waves]
        if (
            any(share is not None for share in shares)
            and sum(share or 0 for share in shares) != WHOLE
        ):
            raise ValueError(
                Sentence(
                    "waves: the shares add up to {count}, not {whole}",
                    count=sum(s or 0 for s in shares),
                    whole=WHOLE,
                )
            )
        if self.phone_line.open_until <= self.last_date:
            raise ValueError(
                "phone_line: the line closes before the last touch; set phone_line.open_until months later"
            )
        return self

    @property
    def has_later_steps(self) -> bool:
        """Whether some arm has more than one step."""
        return any(len(arm.steps) > 1 for arm in self.arms)

    @property
    def stop_outcomes(self) -> tuple[OutcomeKind, ...]:
        """Outcomes after which nothing more goes to somebody, beside those that always end it."""
        return tuple(OutcomeKind(each) for each in self.stop_when if each != REPLY)

    @property
    def treated(self) -> tuple[ArmFile, ...]:
        """The arms that reach people."""
        return tuple(arm for arm in self.arms if not arm.hold_out)

    @property
    def hold_out_share(self) -> int:
        """Percentage of the people that are held out."""
        return sum(arm.share for arm in self.arms if arm.hold_out)

    @property
    def last_date(self) -> date:
        """The day of the last touch."""
        longest = max((step.delay for arm in self.arms for step in arm.steps), default=0)
        return date.fromordinal(self.waves[-1].date.toordinal() + longest)

    @property
    def own_caps(self) -> dict[str, Cap]:
        """The caps that the file gives, by channel."""
        return {channel: Cap(times=cap.times, days=cap.days) for channel, cap in self.caps.items()}

    def deviates(self, channel: str) -> bool:
        """Return whether the file says why it departs from the body's cap of a channel."""
        return bool(self.why_deviating(channel))

    def why_deviating(self, channel: str) -> str:
        """Return why the file departs from the body's cap of a channel, or an empty text."""
        named = [each for each in self.deviation if each.rule == rule_name(channel)]
        others = [each for each in self.deviation if each.rule in ALL_CAPS]
        return next((each.reason for each in (*named, *others)), "")

    def looser_caps(self, policy: Policy) -> dict[str, Cap]:
        """Return the body's cap of each channel of which the file's own is looser."""
        return {
            channel: policy.caps[channel]
            for channel, cap in self.own_caps.items()
            if channel in policy.caps and is_looser(cap, policy.caps[channel])
        }

    def all_caps(self, policy: Policy) -> dict[str, Cap]:
        """Return the caps for this campaign, with those of the policy as a floor."""
        deviating = [channel for channel in self.caps if self.deviates(channel)]
        return caps_in_force(self.own_caps, policy.caps, deviating)

    def floors(self, policy: Policy) -> dict[str, Cap]:
        """Return the body's caps that this campaign departs from, by channel."""
        looser = self.looser_caps(policy)
        return {channel: cap for channel, cap in looser.items() if self.deviates(channel)}


def _only_after(step: StepFile) -> bool:
    """Return whether a step is only for those who did what its condition names."""
    return step.condition != "always" and not step.condition.startswith(("no_", "not_"))
