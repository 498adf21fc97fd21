"""The policy: what a house agreed on is read strictly, and a rule is never lost in silence."""

from pathlib import Path

import pytest

from installation.installation import open_installation
from installation.settings import Settings
from store.errors import BadInput
from suppression.policies import ALWAYS_ASKED, read_policy, shipped_policy
from suppression.reasons import JUDGED, Reason
from suppression.rules import BY_REASON


def own(folder: Path, text: str) -> Path:
    path = folder / "policy.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_policy_asks_every_rule_once() -> None:
    policy = shipped_policy()
    assert set(policy.asked) == set(BY_REASON)
    assert len(policy.asked) == len(BY_REASON)


def test_a_house_writes_only_what_differs(tmp_path: Path) -> None:
    policy = read_policy(
        own(
            tmp_path,
            "[caps.card]\ndays = 30\n\n[hours]\nsaturday = { opens = '11:00', closes = '12:00' }",
        )
    )
    assert (policy.caps["card"].times, policy.caps["card"].days) == (1, 30)
    assert policy.caps["sms"] == shipped_policy().caps["sms"]
    assert policy.hours.monday == shipped_policy().hours.monday


def test_a_house_opens_with_its_own_policy_and_not_at_all_with_a_broken_one(tmp_path: Path) -> None:
    installation = open_installation(
        Settings(home=tmp_path / "home", policy=str(own(tmp_path, "[freshness]\ndays = 9")))
    )
    assert installation.policy.freshness.days == 9
    installation.store.engine.dispose()
    with pytest.raises(BadInput, match="not TOML"):
        open_installation(Settings(home=tmp_path / "home", policy=str(own(tmp_path, "[freshness"))))
    with pytest.raises(BadInput, match="is not there"):
        open_installation(Settings(home=tmp_path / "home", policy=str(tmp_path / "nowhere.toml")))


ORDER = [reason.value for reason in shipped_policy().rules.order]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"[rules]\norder = {[*ORDER, 'TOO_POOR']}", "'TOO_POOR' is not a known word"),
        (f"[rules]\norder = {ORDER[1:]}", "DECEASED is left out"),
        (f"[rules]\norder = {[*ORDER, 'MINOR']}", "MINOR stands twice"),
        (f"[rules]\norder = {[*ORDER, 'HOUSEHOLD']}", "HOUSEHOLD is decided by no rule"),
        ("[rules.off]\nOBJECTION = 'we know better'", "OBJECTION cannot be switched off"),
        ("[rules.off]\nMINOR = ''", "rules.off"),
        ("[caps.card]\ntimes = 0", "caps.card.times"),
        ("[caps.card]\nweeks = 3", "is not a known key of a policy"),
        (
            "[hours]\nsunday = { opens = '9:00', closes = '10:00' }",
            "is not a known key of a policy",
        ),
        (
            "[[consent]]\npurpose = 'profit'\nchannels = []\nneeds = 'consent'\nreference = 'none'",
            "consent.0.purpose",
        ),
    ],
)
def test_a_mistake_is_named_with_its_field_and_stops_the_house(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(BadInput) as refused:
        read_policy(own(tmp_path, text))
    assert said in str(refused.value)
    assert "policy.toml" in str(refused.value)


def test_a_rule_that_is_switched_off_stays_in_the_order_and_says_why(tmp_path: Path) -> None:
    policy = read_policy(own(tmp_path, "[rules.off]\nLETTER_NEAR = 'letters are not in our data'"))
    assert Reason.LETTER_NEAR not in policy.asked
    assert Reason.LETTER_NEAR in policy.rules.order
    assert set(policy.asked) >= ALWAYS_ASKED


def test_every_law_and_every_consent_names_what_it_rests_on() -> None:
    policy = shipped_policy()
    assert policy.law
    assert all(law.reference and law.says for law in policy.law)
    assert all(row.reference for row in policy.consent)


def test_every_judged_reason_has_a_rule_and_every_reason_a_sentence() -> None:
    assert set(JUDGED) == set(BY_REASON)
    assert all(each.sentence("nl") and each.sentence("en") for each in Reason)
