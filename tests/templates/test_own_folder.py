"""A body's own words, layouts, word lists and colours win over the shipped ones, and are held to the same rules."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner, Result

from campaigns.planning.campaign_checks import check
from campaigns.planning.submitting import submit
from channels.card.layout import read_layout
from channels.card.repeated_parts import static_side
from console.main import app
from installation.installation import Installation, open_installation
from installation.settings import Settings
from store.clock import FixedClock
from store.errors import BadInput
from store.tables import Campaign, FrozenText
from templates.own_folder import use_own_folder
from templates.texts import available, load
from tests.stories import MANAGER, campaign_file, populate

SHIPPED = Path(__file__).parents[2] / "templates"
WORDS = '[ours]\nremedy = "say team"\nwords = [{ word = "loket", match = "word", why = "is no word of ours" }]\n'


@pytest.fixture(autouse=True)
def alone() -> Iterator[None]:
    yield
    use_own_folder(None)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    folder.mkdir()
    return folder


def opened(tmp_path: Path, own: Path, now: datetime, **more: str) -> Installation:
    settings = Settings(home=tmp_path / "home", templates=str(own), **more)
    return open_installation(settings, clock=FixedClock(now))


def changed(own: Path, name: str, file: str, before: str, after: str) -> None:
    text = (SHIPPED / name / file).read_text(encoding="utf-8")
    assert before in text
    (own / name).mkdir(exist_ok=True)
    (own / name / file).write_text(text.replace(before, after), encoding="utf-8")


def test_a_file_of_the_body_wins_and_the_rest_stays_as_shipped(
    tmp_path: Path, own: Path, now: datetime
) -> None:
    changed(own, "contact-card", "nl.j2", "Zullen we even bellen?", "Even kletsen?")
    opened(tmp_path, own, now)
    card = load("contact-card")
    assert card.preview("nl").parts["headline"] == "Even kletsen?"
    assert card.preview("en").parts["headline"] == "Shall we have a chat?"


def test_a_template_of_the_body_alone_can_be_used_too(
    tmp_path: Path, own: Path, now: datetime
) -> None:
    for file in ("template.toml", "nl.j2", "en.j2", "layout.toml"):
        changed(own, "contact-card", file, "", "")
    (own / "contact-card").rename(own / "our-card")
    opened(tmp_path, own, now)
    assert "our-card" in available()
    assert load("our-card").layout == load("contact-card").layout


@pytest.mark.thorough
def test_the_words_that_were_approved_are_frozen_and_in_the_hash(
    tmp_path: Path, own: Path, now: datetime
) -> None:
    changed(own, "contact-card", "nl.j2", "Zullen we even bellen?", "Even kletsen?")
    (own / "words").mkdir()
    (own / "words" / "outside.toml").write_text(WORDS)
    installation = opened(tmp_path, own, now)
    populate(installation, 300, now=now)
    submit(installation, campaign_file(tmp_path), by=MANAGER, now=now)
    with installation.store.reading() as connection:
        texts = dict(connection.execute(select(FrozenText.file, FrozenText.source)).all())
        assert connection.execute(select(Campaign.state)).scalar_one()
    assert "Even kletsen?" in texts["nl.j2"]
    assert texts["words-outside.toml"] == WORDS


@pytest.mark.parametrize("word", ["belasting", "loket"])
def test_words_of_the_body_are_read_by_our_lists_and_by_its_own(
    tmp_path: Path, own: Path, now: datetime, word: str
) -> None:
    changed(own, "text-stopped", "nl.j2", "Vragen?", f"Vragen over {word}?")
    (own / "words").mkdir()
    (own / "words" / "outside.toml").write_text(WORDS)
    with pytest.raises(BadInput, match=rf"text-stopped/nl.j2.*KAARTJE_TEMPLATES: '{word}'"):
        opened(tmp_path, own, now)


def test_a_list_of_the_body_takes_no_word_away(tmp_path: Path, own: Path, now: datetime) -> None:
    (own / "words").mkdir()
    (own / "words" / "outside.toml").write_text(
        '[tax]\nremedy = "none"\nwords = [{ word = "belasting", match = "anywhere", '
        'why = "is harmless", but = ["belasting"] }]\n'
    )
    changed(own, "text-stopped", "nl.j2", "Vragen?", "Vragen over belasting?")
    with pytest.raises(BadInput, match="'belasting' tells a housemate"):
        opened(tmp_path, own, now)


@pytest.mark.parametrize(
    ("folder", "said"),
    [
        ("nowhere", "KAARTJE_TEMPLATES: nowhere is not a whole path; name a folder that is there"),
        ("{tmp}/nowhere", "KAARTJE_TEMPLATES: {tmp}/nowhere is not there; name a folder"),
        ("{tmp}/file", "KAARTJE_TEMPLATES: {tmp}/file is not a folder; name a folder"),
        ("{tmp}/own", "{tmp}/own/colour.toml, KAARTJE_TEMPLATES: is not a file that we know"),
    ],
)
def test_a_folder_that_cannot_be_used_is_refused_in_one_line(
    tmp_path: Path, own: Path, monkeypatch: pytest.MonkeyPatch, folder: str, said: str
) -> None:
    (tmp_path / "file").write_text("")
    (own / "colour.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    place = {"tmp": str(tmp_path)}
    result = kaartje("campaign list", home=tmp_path / "home", templates=folder.format(**place))
    assert result.exit_code == 2
    (line,) = result.output.splitlines()
    assert said.format(**place) in line


def test_the_installation_shows_the_folder(tmp_path: Path, own: Path) -> None:
    kaartje("campaign list", home=tmp_path / "home", templates=str(own))
    result = kaartje("installation show", home=tmp_path / "home", templates=str(own))
    assert f"templates     {own}: before the shipped ones" in result.output


POLICY = '[open_cards]\nown_name = "Belastingdienst"\nreason = "decided by the board in May"\n'


@pytest.mark.parametrize(
    ("name", "policy", "refused"),
    [
        ("Belastingdienst", "", "'belastingdienst' tells a housemate"),
        ("Belastingdienst", POLICY, None),
        ("Belastingdienst en schulden", POLICY, "'schulden' shames"),
        ("Belastingdienstkantoor", POLICY, "tells a housemate"),
    ],
)
def test_the_own_name_stands_on_an_open_card_only_where_the_policy_says_why(
    tmp_path: Path, now: datetime, name: str, policy: str, refused: str | None
) -> None:
    (tmp_path / "policy.toml").write_text(policy)
    installation = open_installation(
        Settings(home=tmp_path / "home", policy=str(tmp_path / "policy.toml")),
        clock=FixedClock(now),
    )
    populate(installation, 200, now=now)
    file = campaign_file(tmp_path)
    file.write_text(file.read_text().replace("name: Team Dichtbij", f"name: {name}", 1))
    if refused is None:
        assert check(installation, file, now=now).campaign.sender.name == name
        return
    with pytest.raises(BadInput, match=refused):
        check(installation, file, now=now)


def test_an_own_name_without_a_reason_is_refused(tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text('[open_cards]\nown_name = "Belastingdienst"\n')
    result = kaartje("campaign list", home=tmp_path / "home", policy=str(tmp_path / "policy.toml"))
    assert result.exit_code == 2
    assert "own_name stands without its reason; add reason" in result.output


def kaartje(command: str, *, home: Path, **settings: str) -> Result:
    home.mkdir(exist_ok=True, mode=0o700)
    environment = {f"KAARTJE_{name.upper()}": value for name, value in settings.items()}
    return CliRunner().invoke(
        app,
        command.split(),
        env={"KAARTJE_HOME": str(home), "KAARTJE_LANGUAGE": "en", **environment},
    )


LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 1"><rect width="3" height="1" fill="#08f"/></svg>'
TEAL = "[0.6, 0, 0.4, 0.2]"


def test_colours_of_the_body_reach_the_drawing_and_its_logo_no_open_card(
    tmp_path: Path, own: Path, now: datetime
) -> None:
    (own / "colours.toml").write_text(f"table = {TEAL}\naccent = [0.6, 0, 0.4, 0]\n")
    (own / "logo.svg").write_text(LOGO)
    opened(tmp_path, own, now)
    card = read_layout(load("contact-card").layout)
    assert b"\n.6 0 .4 .2 k" in static_side(card.card, "front")
    assert card.places["headline"].colour == (0.6, 0, 0.4, 0)
    assert card.logo is not None
    assert not card.logo.svg  # a neighbour reads it


def test_a_logo_on_open_cards_is_the_bodys_decision_with_its_reason(
    tmp_path: Path, own: Path, now: datetime
) -> None:
    (own / "card-logo.svg").write_text(LOGO)
    with pytest.raises(BadInput, match="a logo on open cards shows a neighbour who writes"):
        opened(tmp_path, own, now)
    policy = tmp_path / "policy.toml"
    policy.write_text('[open_cards]\nown_name = "Dorpen"\nreason = "decided by the board"\n')
    opened(tmp_path, own, now, policy=str(policy))
    logo = read_layout(load("contact-card").layout).logo
    assert logo is not None
    assert logo.svg == LOGO
    assert "card-logo.svg" in load("contact-card").sources


def test_a_colour_that_no_press_can_dry_is_refused(
    tmp_path: Path, own: Path, now: datetime
) -> None:
    (own / "colours.toml").write_text("table = [1, 1, 1, 1]\n")
    opened(tmp_path, own, now)
    with pytest.raises(BadInput, match="table has more ink than a press takes"):
        read_layout(load("contact-card").layout)
