"""Check the caps of a campaign file against those of the body."""

from campaigns.planning.complaints import Complaints
from campaigns.touches.campaign_files import CampaignFile
from channels import KINDS
from store.given_reasons import says_why
from store.sentences import Sentence
from suppression.cap_floors import ALL_CAPS, in_words, rule_name
from suppression.policies import Policy


def check_caps(campaign: CampaignFile, policy: Policy, complaints: Complaints) -> None:
    """Refuse caps that are looser than the body's without a reason, and reasons without such a cap."""
    looser = campaign.looser_caps(policy)
    for channel in campaign.caps:
        if channel not in KINDS:
            complaints.add(
                ("caps", channel),
                "is not a known channel",
                Sentence("write one of {known}", known=", ".join(KINDS)),
            )
    for channel, floor in looser.items():
        if not campaign.deviates(channel):
            own = in_words(campaign.own_caps[channel])
            remedy = Sentence(
                "write at most {in_words}, or say why it must be so, for the approver to sign: "
                "deviation: {{rule: {rule_name}, reason: …}}",
                in_words=in_words(floor),
                rule_name=rule_name(channel),
            )
            complaints.add(
                ("caps", channel),
                Sentence(
                    "{own} is looser than {in_words}, which is the body's own cap",
                    own=own,
                    in_words=in_words(floor),
                ),
                remedy,
            )
    names = {rule_name(channel) for channel in looser}
    for at, each in enumerate(campaign.deviation):
        if not says_why(each.reason):
            complaints.add(
                ("deviation", at, "reason"),
                Sentence("{text!r} is no reason", text=each.reason[:30]),
                "write why it must be so: the approver reads and signs it",
            )
        if each.rule not in names and not (each.rule in ALL_CAPS and looser):
            complaints.add(
                ("deviation", at, "rule"),
                Sentence(
                    "{rule} departs from nothing: no such cap of this file is looser than the body's",
                    rule=each.rule,
                ),
                "remove the deviation, or write the cap that it is about",
            )
