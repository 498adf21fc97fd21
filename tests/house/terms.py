"""Codes that the command line shows as words, such as `handed_over`."""

from collections.abc import Iterator
from enum import StrEnum

import store.states
from campaigns.looking_back.retention import LedgerState
from channels import KINDS
from desk.cases.signals import DECIDED, DECISIONS, MERGED, OPEN, WAITS, WAITS_FOR
from desk.entries.dispositions import Disposition
from suppression.consents import ConsentState
from suppression.lists import PURPOSES

ENUMERATIONS = (ConsentState, Disposition, LedgerState)
"""Kinds of codes outside `store.states`."""
CODES = {
    "a count of a pass": (
        "answered answers_failed answers_held answers_dropped answers_unknown answers_again"
        " team_tasks team_tasks_again team_tasks_refused team_tasks_unknown team_tasks_received"
        " team_tasks_ended launched claimed handed_over failed withheld dropped later unknown again"
        " settled shop_answers shop_rows_refused shop_answers_left asked reported news shards runs"
        " runs_waiting recalled queued calls_dropped"
    ),
    "a kind of file": "people obligations suppressions exchange consents replies outcomes",
    "of touches in a report": "withheld_or_dropped failed",
    "what may be decided about a campaign": "approve send_back launch pause resume stop",
    "a rung of the ladder": (
        "handed_over contact appointment filed assessment_prevented debt_help closed"
    ),
    "a state of a shop's answer": "accepted confirmed",
    "a way to match a reply": "code number reference hand candidates",
    "what is overdue": (
        "handover referral appointment signal reminder case team_task dialogue line promise silent"
        " doubt objection entry request breach"
    ),
    "the state of an authorisation, an account or a token": "counts revoked over open closed ended",
    "how far a request is": "open prepared checked answered late",
    "the reason of an entry of a list": "objection suppressed objection_in_doubt deceased by_hand",
    "why an entry waits": "call call_back outbound prepare",
    "what a number is": (
        "fixed_line mobile fixed_line_or_mobile toll_free premium_rate shared_cost voip"
        " personal_number pager uan voicemail unknown"
    ),
    "what differs between machines": "policy prices print_shop retention",
    "the result of a text": "receipt refusal",
}
"""Other codes, by what they are."""


def terms() -> set[str]:
    """Return the words of every code, with spaces for low lines."""
    found = {each for listed in CODES.values() for each in listed.split()}
    found.update(DECISIONS, WAITS_FOR, (OPEN, WAITS, MERGED, DECIDED), PURPOSES, KINDS)
    found.update(_members())
    return {each.replace("_", " ") for each in found}


def _members() -> Iterator[str]:
    stated = vars(store.states).values()
    for kind in (*stated, *ENUMERATIONS):
        if isinstance(kind, type) and issubclass(kind, StrEnum):
            yield from (member.value for member in kind)
