"""Making a campaign in the browser: drafts, one question a page, the check and the submission."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from campaigns.planning.campaign_checks import check
from installation.installation import Installation
from store.errors import BadInput
from store.states import Role
from store.tables import Campaign, CampaignDraft
from tests.conftest import NOW
from tests.console.conftest import PASSWORD, Browser, acts_of, come_in
from tests.stories import WHERE_2023, campaign_file, launched, populate

SignIn = Callable[..., Browser]
ANSWERS = {
    "whom": {"audience.where": WHERE_2023},
    "why": {
        "title": "Contactkaartjes",
        "campaign": "cards",
        "purpose": "duty",
        "legal_basis": "taak van algemeen belang",
        "dpia.reference": "DPIA-1",
        "dpia.valid_until.day": "31",
        "dpia.valid_until.month": "12",
        "dpia.valid_until.year": "2024",
        "retention": "two-years",
        "owner": "Team Dichtbij",
        "open_card": "yes",
    },
    "words": {"arms.0.steps.0.template": "contact-card"},
    "sender": {
        "sender.name.nl": "Team Dichtbij",
        "sender.team.nl": "het team van Dichtbij",
        "sender.team.en": "the Dichtbij team",
        "sender.return_address": "Postbus 1200, 3500 BE Utrecht",
        "sender.privacy_url": "dichtbij.example/privacy",
        "phone_line.name": "Lijn Dichtbij",
        "phone_line.number": "0800 1234",
        "phone_line.hours.nl": "maandag tot en met vrijdag, 9 tot 17 uur",
        "phone_line.hours.en": "Monday to Friday, 9 to 17 hours",
        "phone_line.open_until.day": "30",
        "phone_line.open_until.month": "6",
        "phone_line.open_until.year": "2024",
    },
    "when": {"waves.0.date.day": "5", "waves.0.date.month": "6", "waves.0.date.year": "2023"},
    "many": {"limit": "1.500", "arms.0.share": "80", "arms.1.share": "20"},
    "money": {"budget": "€ 1.234,50", "arms.0.steps.0.price": "0,85"},
}


def begun(browser: Browser, title: str = "Contactkaartjes") -> str:
    browser.get("/drafts/new").post("/drafts/new", title=title)
    return browser.path.rpartition("/")[0]


def answer(
    browser: Browser, draft: str, question: str, *, do: str = "next", **more: str
) -> Browser:
    """Send the form of a question as it stands, with other answers."""
    browser.get(f"{draft}/{question}")
    return browser.post(f"{draft}/{question}", **{**fields_of(browser.text), **more, "do": do})


def fields_of(page: str) -> dict[str, str]:
    found = {"was": re.findall(r'name="was" value="([^"]*)"', page)[0]}
    for tag in re.findall(r"<input [^>]*>", page):
        name, value = re.search(r' name="([^"]+)"', tag), re.search(r' value="([^"]*)"', tag)
        sent = "checkbox" not in tag or " checked" in tag
        if name and name[1] not in {"csrf", "back", "was"} and value and sent:
            found[name[1]] = value[1]
    found |= dict(re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>\n?([^<]*)</textarea>', page))
    for name, options in re.findall(
        r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL
    ):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


def made(browser: Browser) -> str:
    draft = begun(browser)
    for question, answers in ANSWERS.items():
        answer(browser, draft, question, **answers)
        assert browser.status == 200, (
            question,
            re.findall(r'class="wrong".*?</span>', browser.text),
        )
    return draft


def errors_of(page: str) -> str:
    return " ".join(re.findall(r'class="wrong"[^>]*>(.*?)</span>\n', page))


@pytest.fixture
def peopled(console_installation: Installation) -> Installation:
    populate(console_installation, 200, now=NOW)
    return console_installation


def submitted(installation: Installation) -> int:
    with installation.store.reading() as connection:
        return connection.execute(select(func.count()).select_from(Campaign)).scalar_one()


def test_a_campaign_is_made_by_answering_questions_and_submitted_by_who_is_signed_in(
    peopled: Installation, signed_in: SignIn, tmp_path: Path
) -> None:
    browser = signed_in(Role.MANAGER)
    draft = made(browser)
    assert browser.path == f"{draft}/check"
    assert "Wie er overblijft" in browser.text
    file = tmp_path / "downloaded.yaml"
    file.write_bytes(browser.client.get(f"{draft}/file").content)
    checked = check(peopled, file, now=NOW)
    assert checked.campaign.limit == 1500
    assert str(checked.campaign.budget) == "1234.5"
    was = re.findall(r'name="was" value="([^"]+)"', browser.text)[0]
    assert browser.post(f"{draft}/submit", was=was).status == 400
    assert submitted(peopled) == 0
    browser.post(f"{draft}/submit", was=was, sure="yes")
    assert browser.path == "/campaigns/cards"
    assert browser.post(f"{draft}/submit", was=was, sure="yes").path == "/campaigns/cards"
    assert submitted(peopled) == 1
    (act,) = acts_of(peopled, "submit")
    assert act.actor == "manager"
    with peopled.store.reading() as connection:
        assert connection.execute(select(Campaign.source)).scalar_one() == file.read_text()
    answer(browser, draft, "why", title="Iets anders")
    assert browser.status == 409
    assert "verandert niet meer" in browser.get(f"{draft}/why").text


def test_what_was_typed_is_kept_while_somebody_types_and_becomes_a_version_when_they_save(
    peopled: Installation, signed_in: SignIn
) -> None:
    browser = signed_in(Role.MANAGER)
    draft = begun(browser)
    form = fields_of(browser.get(f"{draft}/why").text) | {"owner": "Team Dich"}
    kept = browser.client.post(
        f"{draft}/why", data=form | {"csrf": browser.token}, headers={"accept": "application/json"}
    )
    assert kept.status_code == 200
    assert 'value="Team Dich"' in signed_in(Role.MANAGER, "bilal").get(f"{draft}/why").text
    assert "Versie 1." in browser.get(f"{draft}/why").text
    answer(browser, draft, "why", do="stay", owner="Team Dichtbij")
    page = browser.get(f"{draft}/versions").text
    assert re.search(r"<ins>.*owner: Team Dichtbij</ins>", page)
    browser.post(f"{draft}/versions", number="1")
    assert "Team Dich" not in browser.get(f"{draft}/why").text
    assert "Versie 3." in browser.text


def test_of_two_editors_the_second_sees_what_the_first_saved_beside_their_own_words(
    peopled: Installation, signed_in: SignIn
) -> None:
    anja, bilal = signed_in(Role.MANAGER, "anja"), signed_in(Role.MANAGER, "bilal")
    draft = begun(anja)
    seen = fields_of(bilal.get(f"{draft}/why").text)
    answer(anja, draft, "why", owner="Team A", do="stay")
    bilal.post(f"{draft}/why", **{**seen, "owner": "Team B", "do": "stay"})
    assert bilal.status == 409
    assert "anja bewaarde het laatst" in bilal.text
    assert 'value="Team B"' in bilal.text
    assert "<q>Team A</q>" in bilal.text
    assert 'value="Team A"' in anja.get(f"{draft}/why").text
    bilal.post(f"{draft}/why", **{**fields_of(bilal.text), "do": "stay"})
    assert 'value="Team B"' in anja.get(f"{draft}/why").text
    form = fields_of(anja.text)  # two pages of one draft are no quarrel
    answer(bilal, draft, "whom", do="stay", **{"audience.where": "has(card)"})
    anja.post(f"{draft}/why", **{**form, "owner": "Team C", "do": "stay"})
    assert anja.status == 200


def test_an_uploaded_file_is_kept_as_written_and_checked_as_on_the_command_line(
    peopled: Installation, signed_in: SignIn, tmp_path: Path
) -> None:
    browser = signed_in(Role.MANAGER)
    file = campaign_file(tmp_path, where="years_withut_return >= 2")
    upload(browser, file.read_bytes())
    draft = browser.path.rpartition("/")[0]
    assert browser.client.get(f"{draft}/file").text == file.read_text()
    with pytest.raises(BadInput) as refused:
        check(peopled, file, now=NOW)
    assert f"regel {refused.value.line} van het bestand" in browser.text
    assert "years_withut_return" in browser.text
    answer(browser, draft, "whom", **{"audience.where": WHERE_2023})
    assert "Dien in" in browser.get(f"{draft}/check").text


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "niet leeg"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"just words", "sleutel"),
        (b"a: &a [x]\nb: *a", "anker"),
        (b"[" * 5000, "nest"),
        (b"x: " + b"a" * 200_000, "groter"),
        (b"a: !!python/object:os.system x", "!"),
        (b"a: 1\na: 2", "tweemaal"),
    ],
)
def test_an_upload_that_is_no_campaign_file_is_refused_in_plain_words(
    signed_in: SignIn, content: bytes, why: str
) -> None:
    browser = signed_in(Role.MANAGER)
    upload(browser, content, name="../../<b>x.yaml")
    assert browser.status == 400
    assert errors_of(browser.text)
    assert "../" not in errors_of(browser.text)


def test_an_upload_that_is_far_too_large_is_not_read(signed_in: SignIn) -> None:
    assert upload(signed_in(Role.MANAGER), b"a" * 400_000).status == 413


def upload(browser: Browser, content: bytes, name: str = "cards.yaml") -> Browser:
    form = {"csrf": browser.get("/drafts/new").token}
    return browser._seen(
        browser.client.post("/drafts/upload", data=form, files={"file": (name, content)})
    )


def test_an_upload_without_the_token_of_the_page_is_refused(signed_in: SignIn) -> None:
    browser = signed_in(Role.MANAGER)
    answered = browser.client.post("/drafts/upload", files={"file": ("a.yaml", b"a: 1")})
    assert answered.status_code == 403
    assert browser.client.post("/drafts/upload", data={"csrf": "x"}).status_code == 415


def test_an_earlier_campaign_is_a_beginning_without_its_days_and_its_name(
    peopled: Installation, signed_in: SignIn, tmp_path: Path
) -> None:
    launched(peopled, campaign_file(tmp_path), now=NOW)
    browser = signed_in(Role.MANAGER)
    browser.get("/drafts/new").post("/drafts/new", how="campaign", name="cards")
    draft = browser.path.rpartition("/")[0]
    assert 'value="cards-2"' in browser.get(f"{draft}/why").text
    answer(browser, draft, "when")
    assert "Vul dit in" in errors_of(browser.text)
    answer(browser, draft, "when", **ANSWERS["when"])
    assert browser.path == f"{draft}/many"
    browser.get("/drafts/new").post("/drafts/new", how="campaign", name="nothing")
    assert browser.status == 400


HOSTILE = [
    "",
    "x" * 900,
    "<script>alert(1)</script>",
    "'; drop table people; --",
    "=cmd|' /C calc'!A0",
    "{{ 7*7 }}{% include 'x' %}",
    "../../etc/passwd",
    "%n%s",
    "\u202e\u0007",
    "-1",
    "9" * 40,
]


@pytest.mark.thorough
@pytest.mark.parametrize("question", list(ANSWERS))
def test_whatever_is_typed_is_kept_as_typed_or_refused_in_words_at_its_field(
    peopled: Installation, signed_in: SignIn, question: str
) -> None:
    browser = signed_in(Role.MANAGER)
    draft = begun(browser)
    names = [name for name in fields_of(browser.get(f"{draft}/{question}").text) if name != "was"]
    for text in HOSTILE:
        answer(browser, draft, question, **dict.fromkeys(names, text))
        assert browser.status in {200, 400}
        assert "<script>alert" not in browser.client.get(f"{draft}/{question}").text
        if question == "why":
            assert f'name="owner" autocomplete="off" maxlength="500" value="{text}"' in browser.text
    assert browser.get(f"{draft}/check").status == 200
    assert browser.get(f"{draft}/versions").status == 200
    assert answer(browser, draft, question, **dict.fromkeys(names, "x" * 70_000)).status == 413
    assert submitted(peopled) == 0


@pytest.mark.thorough
def test_steps_arms_and_waves_are_added_and_taken_away_by_buttons_once(
    peopled: Installation, signed_in: SignIn
) -> None:
    browser = signed_in(Role.MANAGER)
    draft = begun(browser)
    answer(browser, draft, "words", do="add-step:0")
    answer(browser, draft, "words", **{"arms.0.steps.1.template": "text-invitation"}, do="add-arm")
    text = browser.client.get(f"{draft}/file").text
    assert "channel: sms" in text
    assert "name: arm-2" in text
    stale = fields_of(browser.get(f"{draft}/words").text) | {"do": "remove-step:0:1"}
    browser.post(f"{draft}/words", **stale)
    browser.post(f"{draft}/words", **stale)
    assert "sms" not in browser.client.get(f"{draft}/file").text
    assert browser.client.get(f"{draft}/file").text.count("template:") == 2
    answer(browser, draft, "when", do="add-wave", **ANSWERS["when"])
    assert "waves.1.date.day" in browser.get(f"{draft}/when").text
    for hostile in ("add-step:99", "remove-arm:7", "remove-step:x:y", "add-wave:1:2:3", "next:1"):
        assert answer(browser, draft, "when", do=hostile).status == 200


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.MANAGER])
def test_only_a_campaign_manager_makes_campaigns(
    console_installation: Installation, signed_in: SignIn, role: Role
) -> None:
    draft = begun(come_in(console_installation, "anja", Role.MANAGER))
    browser = signed_in(role)
    for path in ("/drafts", "/drafts/new", f"{draft}/whom", f"{draft}/check", f"{draft}/file"):
        assert browser.get(path).status == 403
    assert browser.get("/sign-in").post(f"{draft}/remove", sure="yes").status == 403


def test_a_draft_is_thrown_away_only_when_it_is_sure(
    console_installation: Installation, signed_in: SignIn
) -> None:
    browser = signed_in(Role.MANAGER)
    draft = begun(browser)
    browser.get(f"{draft}/versions").post(f"{draft}/remove")
    assert browser.get(f"{draft}/whom").status == 200
    browser.post(f"{draft}/remove", sure="yes")
    assert browser.get(f"{draft}/whom").status == 404
    with console_installation.store.reading() as connection:
        assert connection.execute(select(CampaignDraft.id)).first() is None


@pytest.mark.parametrize("path", ["9", "99999999999999999999999", "1/nothing", "0/check", "9/file"])
def test_a_draft_that_is_not_there_is_not_found(signed_in: SignIn, path: str) -> None:
    assert signed_in(Role.MANAGER).get(f"/drafts/{path}").status in {303, 404}


def test_a_condition_is_picked_from_what_was_imported_and_counted(
    peopled: Installation, signed_in: SignIn
) -> None:
    browser = signed_in(Role.MANAGER)
    draft = begun(browser)
    answer(browser, draft, "whom", **{"audience.where": "has(card) or has(sms)"}, do="count")
    assert "mensen voldoen hieraan" in browser.text
    answer(browser, draft, "whom", **{"pick.fact": "years_without_return"}, do="pick")
    assert "is minstens" in browser.text
    form = fields_of(browser.text) | {"pick.operator": "at_least", "do": "add-condition"}
    browser.post(f"{draft}/whom", **{**form, "pick.value": "twee"})
    assert browser.status == 400
    assert 'value="twee"' in browser.text
    browser.post(f"{draft}/whom", **{**form, "pick.value": "2"})
    assert "(has(card) or has(sms))\nand years_without_return >= 2" in browser.text
    for fact in ("nothing", "person_ref; drop table people", ""):
        browser.post(f"{draft}/whom", **{**form, "pick.fact": fact})
        assert browser.status == 400


def test_a_rule_is_counted_while_it_is_written(peopled: Installation, signed_in: SignIn) -> None:
    browser = signed_in(Role.MANAGER)
    draft = begun(browser)
    token = browser.token

    def counted(where: str) -> dict[str, object]:
        found = browser.client.post(f"{draft}/count", data={"csrf": token, "where": where})
        assert found.status_code == 200
        return dict(found.json())

    assert counted("true")["said"] == "200 mensen voldoen hieraan."
    assert counted("years_without_return >= 2")["words"]
    assert counted("years_withut_return >= 2")["wrong"] is True
    assert "1=1" in str(counted("1=1; drop table people")["said"]) or counted("; drop")["wrong"]


def test_the_days_of_the_rounds_are_held_against_sundays_and_holidays(
    peopled: Installation, signed_in: SignIn
) -> None:
    browser = signed_in(Role.MANAGER)
    draft = begun(browser)
    day = {"waves.0.date.month": "12", "waves.0.date.year": "2023"}
    answer(browser, draft, "when", do="stay", **day, **{"waves.0.date.day": "25"})
    assert "maandag 25 december 2023. <strong>Dit is een feestdag.</strong>" in browser.text
    answer(browser, draft, "when", do="stay", **{"waves.0.date.day": "3"})
    assert "zondag 3 december 2023. <strong>Dit is een zondag.</strong>" in browser.text


def test_who_sends_a_form_after_the_session_ended_comes_back_to_its_page(
    peopled: Installation, signed_in: SignIn
) -> None:
    browser = signed_in(Role.MANAGER)
    draft = begun(browser)
    for form, page in ((f"{draft}/why", f"{draft}/why"), (f"{draft}/remove", f"{draft}/whom")):
        browser.get("/today").post("/sign-out")
        assert browser.post(form, owner="Team Noord").path == "/sign-in"
        assert "U was intussen uitgelogd" in browser.text
        browser.post("/sign-in", name=str(Role.MANAGER), password=PASSWORD)
        assert browser.path == page


@pytest.mark.thorough
def test_a_looser_cap_that_is_taken_away_again_leaves_nothing_behind(
    peopled: Installation, signed_in: SignIn
) -> None:
    browser = signed_in(Role.MANAGER)
    draft = made(browser)
    before = browser.client.get(f"{draft}/file").text
    looser = {
        "caps.card.times": "4",
        "caps.card.days": "30",
        "deviation.0.reason": "het kantoor verhuist en het nummer wordt anders",
    }
    answer(browser, draft, "money", **looser)
    assert browser.path == f"{draft}/check"
    answer(browser, draft, "money", **dict.fromkeys(looser, ""))
    assert browser.path == f"{draft}/check"
    assert browser.client.get(f"{draft}/file").text == before
