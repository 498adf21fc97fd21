"""The print shop's entrance: answers sent in the browser, pieces taken out, hostile files refused."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from campaigns.post.incidents import open_incident
from campaigns.post.pull_lists import pulls, want
from console.web.post.uploaded_files import LARGEST
from installation.installation import Installation
from store.states import Role
from store.tables import PrintPiece, ShopAnswer
from tests.console.conftest import Browser, acts_of
from tests.deciding import deciding
from tests.inbound.printed import HEADER, AtTheShop, at_the_shop
from tests.inbound.test_post_answers import signed

SignIn = Callable[..., Browser]
BEA = deciding("bea")


@pytest.fixture
def run(console_installation: Installation) -> AtTheShop:
    return at_the_shop(console_installation, 4, files=2)


def send(browser: Browser, content: bytes | str, *, name: str = "antwoord.csv") -> Browser:
    """Choose a file at the entrance and send it."""
    browser.get("/print-shop")
    data = content.encode() if isinstance(content, str) else content
    response = browser.client.post(
        "/print-shop/answers", data={"csrf": browser.token}, files={"file": (name, data)}
    )
    return browser._seen(response)


def receipts(run: AtTheShop) -> str:
    names = {"key": run.key, "file": run.files[0]}
    return HEADER + run.receipts().format(**names)


def answers(installation: Installation) -> int:
    with installation.store.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(ShopAnswer)).scalar_one())


def test_an_answer_is_taken_once_and_its_receipt_stands_on_the_page_of_the_run(
    run: AtTheShop, signed_in: SignIn
) -> None:
    shop = signed_in(Role.PRINT_SHOP)
    first = send(shop, receipts(run))
    assert (first.status, run.run().state.value) == (200, "received")
    assert "2 regels gelezen" in first.text
    again = send(shop, receipts(run), name="nog-eens.csv")
    assert "er is niets veranderd" in again.text
    assert answers(run.installation) == 1
    page = shop.get(f"/print-shop/{run.run_id}").text
    assert "antwoord.csv" in page
    assert "nog-eens.csv" not in page
    assert "Druk nog niets" in page
    assert [act.actor for act in acts_of(run.installation, "uploaded_answer")] == [
        "print_shop",
        "print_shop",
    ]


def test_a_refused_row_is_shown_at_its_line_and_field_and_the_others_are_taken(
    run: AtTheShop, signed_in: SignIn
) -> None:
    rows = (
        f"kind,run,piece_id,date,reason\nreturned,{run.key},{run.pieces[0]},2023-12-01,moved\n"
        f"returned,{run.key},{run.pieces[1]},2023-05-31,moved\n"
        f"returned,{run.key},{run.pieces[2]},2023-05-31,=HYPERLINK(1)\n"
        f"returned,elsewhere,{run.pieces[3]},2023-05-31,moved\n"
    )
    page = send(signed_in(Role.PRINT_SHOP), rows)
    assert "3 regels zijn niet overgenomen" in page.text
    for line, field, problem in (
        (2, "date", "toekomst"),
        (4, "reason", "formule"),
        (5, "run", "van een van onze"),
    ):
        row = page.text.split(f'class="figure">{line}</th>')[1].split("</tr>")[0]
        assert f"<code>{field}</code>" in row
        assert problem in row


def _zip() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("antwoord.csv", b"0" * 1_000_000)
    return packed.getvalue()


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("antwoord.csv", b"", "kies een bestand"),
        ("bom.zip", _zip(), "uitgepakt"),
        ("werkmap.xlsx", _zip(), "uitgepakt"),
        ("antwoord.csv", b"%PDF-1.7 ...", "een PDF"),
        ("antwoord.csv", b"\x1f\x8b\x08\0" * 9, "uitgepakt"),
        ("antwoord.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "antwoord.csv"),
        ("antwoord.csv", b"kind,run\n" + b"\xff\xfe\xfa" * 9, ""),
        ("antwoord.csv", b"soort,aantal,", "kolom"),
        ("antwoord.csv", b"a" * 300_000, "kolom"),
        ("antwoord.csv", b"," * 300_000, "kolommen"),
        ("antwoord.csv", b"kind,peices\n", "peices"),
        ("antwoord.json", b"[" * 200_000, "JSON"),
        ("antwoord.json", b'{"rows": [' + b"1" * 9_000 + b"]}", "JSON"),
        ("antwoord.json", b"[1, 2]", "antwoord.json"),
        ("antwoord.json", b'{"rows": [7]}', "antwoord.json"),
        (
            "antwoord.json",
            b'{"kind": "printed", "rows": ['
            + b",".join(b'{"c%d": 1}' % n for n in range(2_000))
            + b"]}",
            "kolommen",
        ),
    ],
)
def test_a_file_that_is_no_answer_is_refused_in_plain_words_beside_the_field(
    run: AtTheShop, signed_in: SignIn, name: str, content: bytes, said: str
) -> None:
    page = send(signed_in(Role.PRINT_SHOP), content, name=name)
    assert page.status in {200, 400}
    assert said in page.text
    assert ("Dit bestand is niet overgenomen" in page.text) or "Niet overgenomen" in page.text
    assert "kaartje-upload-" not in page.text  # the folder in which it was read
    assert answers(run.installation) == 0


@pytest.mark.thorough
@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd.csv",
        "..",
        "C:\\con\\x.csv",
        "/",
        "a\0b.csv",
        "é" * 300 + ".csv",
        "<b>.csv",
    ],
)
def test_the_name_of_a_file_leads_nowhere(run: AtTheShop, signed_in: SignIn, name: str) -> None:
    page = send(signed_in(Role.PRINT_SHOP), receipts(run), name=name)
    assert (page.status, run.run().state.value) == (200, "received")
    with run.installation.store.reading() as connection:
        (kept,) = connection.execute(select(ShopAnswer.file)).scalars()
    assert "/" not in kept
    assert "\\" not in kept
    assert not kept.startswith(".")
    assert "<b>" not in page.client.get(f"/print-shop/{run.run_id}").text


@pytest.mark.thorough
def test_a_file_that_is_too_large_is_refused_at_its_field_whoever_sends_it(
    run: AtTheShop, signed_in: SignIn
) -> None:
    shop = signed_in(Role.PRINT_SHOP)
    page = send(shop, b"x" * (LARGEST + 70_000))
    assert page.status == 400
    assert "te groot" in page.text
    assert answers(run.installation) == 0


@pytest.mark.thorough
def test_halves_of_letters_in_an_answer_can_be_shown(run: AtTheShop, signed_in: SignIn) -> None:
    content = b'{"kind": "printed", "\\ud800": 1, "rows": [{"run": "\\udfff", "pieces": 1}]}'
    page = send(signed_in(Role.PRINT_SHOP), content, name="a.json")
    assert page.status == 200
    assert "Niet overgenomen" in page.text


def test_pieces_asked_back_are_answered_one_by_one_and_nothing_unseen_is(
    run: AtTheShop, signed_in: SignIn
) -> None:
    installation = signed(run).installation
    ask(run, run.pieces[:2])
    shop = signed_in(Role.PRINT_SHOP)
    page = shop.get(f"/print-shop/{run.run_id}")
    assert "2 stuks eruit halen" in page.text
    assert "OBJECTION" not in page.text
    newest = page.text.split('name="newest" value="')[1].split('"')[0]
    ask(run, run.pieces[2:3])  # while the page is open
    path = f"/print-shop/{run.run_id}/pulls"
    shop.post(path, newest=newest, **{f"piece.{run.pieces[0]}": "pulled"})
    assert "vastgelegd" in shop.text
    shop.post(path, newest=newest, all="too_late")
    states = {each.piece_id: each.state for each in pulls(installation, answered=True)}
    assert [states[piece] for piece in run.pieces[:3]] == ["pulled", "too_late", "wanted"]
    assert run.states()["recalled"] == 1
    nothing = shop.post(path, newest=newest, all="too_late")
    assert nothing.status == 400
    assert shop.post(path, newest="9" * 40, all="pulled").status == 400


def ask(run: AtTheShop, pieces: tuple[str, ...]) -> None:
    with run.installation.store.writing() as connection:
        which: Any = PrintPiece.piece_id.in_(pieces)
        want(connection, which, "OBJECTION", now=run.installation.now())


@pytest.mark.thorough
def test_a_run_under_an_incident_says_to_print_and_post_nothing(
    run: AtTheShop, signed_in: SignIn
) -> None:
    installation = signed(run).installation
    what = {"what": "verkeerd nummer van mevrouw Jansen", "brief": "bel haar"}
    open_incident(installation, run.key, **what, by=BEA, now=installation.now())
    shop = signed_in(Role.PRINT_SHOP)
    for path in ("/print-shop", f"/print-shop/{run.run_id}"):
        page = shop.get(path).text
        assert "niets" in page.lower()
        assert "Jansen" not in page
    assert "Druk en post niets van deze opdracht" in page
