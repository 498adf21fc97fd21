"""Campaign files: what is wrong is said with its line, and what to write instead."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.planning.campaign_checks import check
from campaigns.touches.campaign_files import CampaignFile
from campaigns.touches.campaign_reading import read_campaign
from installation.installation import Installation
from store.errors import BadInput, SeveralRefused
from store.yaml_lines import LARGEST, parse_yaml
from tests.stories import CARD_STEP, campaign_file

ROOT = Path(__file__).parents[3]


@pytest.fixture
def good(tmp_path: Path) -> str:
    return campaign_file(tmp_path, where="true").read_text()


def refusal(tmp_path: Path, text: str) -> BadInput:
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    with pytest.raises(BadInput) as refused:
        read_campaign(path)
    return refused.value


def test_the_example_that_we_ship_can_be_read() -> None:
    campaign, _, _ = read_campaign(ROOT / "campaigns/examples/contact-cards-2023.yaml")
    assert campaign.limit == 1500
    assert campaign.hold_out_share == 20


def test_the_published_schema_is_the_schema_of_the_code() -> None:
    published = json.loads((ROOT / "docs/campaign.schema.json").read_text(encoding="utf-8"))
    assert published == json.loads(json.dumps(CampaignFile.model_json_schema()))


@pytest.mark.parametrize(
    ("before", "after", "line", "said"),
    [
        ("purpose: duty", "purpose: threat", 3, "'duty', 'rights', 'invitation' or 'service'"),
        (
            "seed: 2023",
            "sead: 2023",
            23,
            "is not a known key of a campaign file; did you mean seed?",
        ),
        ("retention: two-years\n", "", 1, "write retention: …"),
        ("share: 80", "share: 70", 24, "add up to 90, not 100"),
        ("hold_out: true}", f"hold_out: true, {CARD_STEP}}}", 26, "gets nothing"),
        ("campaign: cards", "campaign: Cards 2023!", 1, "lower case letters"),
        (
            "valid_until: 2024-12-31",
            "valid_until: soon",
            5,
            "'soon' is not a date; write it as 2023-06-01",
        ),
        ("budget: 100000", "budget: -1", 29, "-1 is too small; write a number of at least 0"),
        ("budget: 100000", "budget: 1e400", 29, "'1e400' is too large; write a number of at most"),
        ("price: 0.85", "price: 0.000001", 25, "has too many decimals; write at most four"),
        ("date: 2023-06-05", "date: 0001-01-01", 28, "is too early; write a day from 2000-01-01"),
        ("open_until: 2024-06-30", "open_until: 9999-12-31", 19, "write a day up to 2199-12-31"),
        ("date: 2023-06-05", "date: 2023-06-05}\n  - {date: 2023-06-05", 27, "not in order"),
        ("open_until: 2024-06-30", "open_until: 2023-06-04", 14, "closes before the last touch"),
        ("title: Contactkaartjes", "title: [a", 2, "has a [ that is not closed"),
        ("title: Contactkaartjes", "title: 'a", 2, "has a quote that is not closed"),
        ("title: Contactkaartjes", "title: a: b", 2, "put a text with a colon in quotes"),
        ("title: Contactkaartjes", "title: *a", 2, "refers to the anchor a"),
        ("title: Contactkaartjes", "title: &a b", 2, "write the value out where it is meant"),
        ("title: Contactkaartjes", "title: !!str a", 2, "names a type with !"),
        ("title: Contactkaartjes", "title: a\n\tb: c", 3, "indent with spaces"),
        ("title: Contactkaartjes", "title: a\n---\nb: c", 3, "begins a second document"),
        ("title: Contactkaartjes", "title: a\ntitle: b", 3, "stands here twice, first on line 2"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_its_remedy(
    tmp_path: Path, good: str, before: str, after: str, line: int, said: str
) -> None:
    assert before in good
    refused = refusal(tmp_path, good.replace(before, after, 1))
    assert said in str(refused)
    assert refused.line == line
    assert len(str(refused).splitlines()) == 1


def test_several_mistakes_are_said_at_once_each_on_its_line(tmp_path: Path, good: str) -> None:
    refused = refusal(
        tmp_path, good.replace("purpose: duty", "purpose: x").replace("seed: 2023", "seed: y")
    )
    assert isinstance(refused, SeveralRefused)
    assert [each.field for each in refused.each] == ["purpose", "seed"]


def test_a_small_file_that_would_grow_beyond_measure_is_refused_in_one_line(
    tmp_path: Path,
) -> None:
    before = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    said = str(refusal(tmp_path, "\n".join(["a0: &a0 [lol]", *before])))
    assert said.endswith(
        "has the anchor a0; anchors are not read: write the value out where it is meant"
    )


@pytest.mark.parametrize("nested", ["[" * 5000, "{a: " * 5000, "- " * 5000, "? " * 5000])
def test_a_file_that_nests_without_end_is_refused_in_one_line(tmp_path: Path, nested: str) -> None:
    said = str(refusal(tmp_path, f"title:\n  {nested}"))
    assert "line 2: nests more than 20 deep" in said or "a key of more than one word" in said
    assert "\n" not in said


def test_a_file_beyond_the_stated_size_is_not_read_at_all(tmp_path: Path) -> None:
    said = str(refusal(tmp_path, "title: " + "a" * LARGEST))
    assert said.endswith("is larger than 200,000 bytes; write a page or two")


@given(st.text(alphabet="a1:-?[]{},&*!|>'\"%@` \n#~.<\\\t\x85\ufeff"))
def test_whatever_is_written_is_read_or_refused_in_one_line_of_ours(text: str) -> None:
    try:
        parse_yaml(text, "file.yaml")
    except BadInput as refused:
        said = str(refused)
        assert said.startswith("file.yaml, line ")
        assert not any(raw in said for raw in ("expected", "found", "while scanning"))


def test_dates_and_numbers_with_a_nought_before_stay_as_they_are_written() -> None:
    text = "a: 0800123\nb: 12\nc: 0.5\nd: 2023-6-1\ne: '12'\nf: true\ng: ~\nh: [1, x]"
    assert parse_yaml(text, "file.yaml") == {
        "a": "0800123",
        "b": 12,
        "c": 0.5,
        "d": "2023-6-1",
        "e": "12",
        "f": True,
        "g": None,
        "h": [1, "x"],
    }


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just words", "\x00", "{" * 2000])
def test_what_is_no_campaign_file_is_refused(tmp_path: Path, text: str) -> None:
    assert refusal(tmp_path, text).file


def test_a_file_that_is_not_utf_8_is_refused_with_the_line(tmp_path: Path, good: str) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes(good.replace("title: Contactkaartjes", "title: Één kaartje").encode("latin-1"))
    with pytest.raises(BadInput) as refused:
        read_campaign(path)
    assert refused.value.line == 2


def test_a_dpia_that_ends_before_the_last_touch_is_refused(
    installation: Installation, tmp_path: Path, now: datetime
) -> None:
    file = campaign_file(
        tmp_path, where="true", waves=("2023-06-05", "2023-07-05"), dpia="2023-07-01"
    )
    with pytest.raises(
        BadInput, match="the DPIA ends on 2023-07-01, before the last touch on 2023-07-05"
    ) as refused:
        check(installation, file, now=now)
    assert refused.value.field == "dpia.valid_until"


def test_an_injection_in_where_is_refused_with_its_line(
    installation: Installation, tmp_path: Path, now: datetime
) -> None:
    with pytest.raises(BadInput, match="is not one condition") as refused:
        check(installation, campaign_file(tmp_path, where="1=1; drop table people"), now=now)
    assert refused.value.line == 21


def test_selecting_by_who_people_are_needs_a_stated_necessity(
    installation: Installation, tmp_path: Path, now: datetime
) -> None:
    file = campaign_file(tmp_path, where="language = 'tr'")
    with pytest.raises(BadInput, match="language selects people by who they are"):
        check(installation, file, now=now)
    file.write_text(
        file.read_text().replace(
            "audience:\n", "audience:\n  necessity: letters in their own language\n"
        )
    )
    assert check(installation, file, now=now).campaign.audience.necessity


def test_a_duty_campaign_sends_an_open_card_only_when_it_says_so(
    installation: Installation, tmp_path: Path, now: datetime
) -> None:
    file = campaign_file(tmp_path, where="true")
    file.write_text(file.read_text().replace("open_card: true", "open_card: false"))
    with pytest.raises(BadInput, match="is an open card"):
        check(installation, file, now=now)


def test_a_sender_that_gives_the_tax_away_is_refused(
    installation: Installation, tmp_path: Path, now: datetime
) -> None:
    file = campaign_file(tmp_path, where="true")
    file.write_text(file.read_text().replace("  name: Team Dichtbij", "  name: Belastingdienst", 1))
    with pytest.raises(BadInput, match=r"line 10, sender\.name: 'belastingdienst' "):
        check(installation, file, now=now)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("channel: card", "channel: pigeon", "pigeon is not a channel of this installation"),
        ("template: contact-card", "template: threat-card", "is not a template"),
        ("number: 0800 1234", "number: 0800", "phone_line.number"),
    ],
)
def test_a_name_that_leads_nowhere_is_refused(
    installation: Installation, tmp_path: Path, now: datetime, before: str, after: str, said: str
) -> None:
    file = campaign_file(tmp_path, where="true")
    file.write_text(file.read_text().replace(before, after))
    with pytest.raises(BadInput, match=said):
        check(installation, file, now=now)


def test_words_that_cannot_fit_on_any_card_are_found_before_anything_is_planned(
    installation: Installation, tmp_path: Path, now: datetime
) -> None:
    file = campaign_file(tmp_path, where="true")
    long = "Postbus 1200, het Gebouw van de Samenwerkende Gemeenten aan de Overkant van het Water, 3500 BE Utrecht"
    file.write_text(file.read_text().replace("Postbus 1200, 3500 BE Utrecht", f"{long}, {long}"))
    with pytest.raises(BadInput, match="too long for its place") as refused:
        check(installation, file, now=now)
    assert refused.value.remedy == "shorten the campaign's words"


def test_a_name_that_gives_the_subject_away_is_refused(
    installation: Installation, tmp_path: Path, now: datetime
) -> None:
    with pytest.raises(BadInput, match="a print shop reads this name"):
        check(
            installation,
            campaign_file(tmp_path, name="belastingschuld-2023", where="true"),
            now=now,
        )
