"""Print how the effect of a campaign will be judged, and the balance of its draw."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from console.cli.options import show
from store.sentences import Sentence, joined

if TYPE_CHECKING:
    from campaigns.planning.trial_figures import Balance
    from campaigns.touches.preregistration import PreRegistration

CONTROLS = {
    "hold-out": Sentence("the hold-out"),
    "limit": Sentence("the people beyond the limit"),
    "later-waves": Sentence("the later waves, until their own day"),
    None: Sentence("nobody: whether it helps cannot be said afterwards"),
}


def show_registered(found: "PreRegistration") -> None:
    """Print the pre-registration, which the approver signs."""
    from outcomes.effect_words import did

    show(
        "       trial  who {did}, from {first} up to and including {last}; compared with {control}",
        did=did(found.outcome),
        first=found.counted_from,
        last=found.as_of,
        control=CONTROLS[found.control],
    )
    if len(found.looks) > 1:
        show(
            "              looked at on {looks} ({kind})",
            looks=joined(", ", (str(each) for each in found.looks)),
            kind=found.boundaries.value,
        )
    if found.hold_out_until:
        show("              nobody is held out after {until}", until=found.hold_out_until)


def show_balance(found: "Sequence[Balance]") -> None:
    """Print how many people of every stratum are in every group."""
    for each in found:
        show(
            "              {stratum}: {groups}",
            stratum=" + ".join(each.stratum) or Sentence("the others"),
            groups=", ".join(f"{name} {people}" for name, people in each.groups.items()),
        )
