"""Draw the pictures of docs/pictures from the demo: `python -m tests.house.pictures`.

It plays the demo in a folder that it throws away, lets four of its people call, serves the console
at that moment and looks at it with a real browser (Debian's chromium). The people are invented.
Outside CI, because every machine draws letters in its own way.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pypdfium2 import PdfDocument
from sqlalchemy import select

from installation.installation import open_installation
from installation.settings import Settings
from store.states import TouchState
from store.tables import Call, ResponseCode, Touch
from tests.house.reading import ROOT
from tests.served import Served

if TYPE_CHECKING:
    from PIL.Image import Image
    from playwright.sync_api import Page

FOLDER = ROOT / "docs" / "pictures"
PEOPLE = 1_500
BEFORE, MOMENT = "2023-08-10T09:00", "2023-08-10T10:40"
CALLED_AT = ("10:12", "10:21", "10:33", "10:38")
WIDTH, CARD_WIDTH, GAP = 1100, 740, 24  # pixels


def main() -> None:
    """Draw every picture anew."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        demo = json.loads(kaartje("demo", "--people", PEOPLE, "--out", f"{folder}/demo", "--json"))
        os.environ["KAARTJE_HOME"] = demo["home"]
        draw_card(Path(demo["files"][0]), FOLDER / "card.png")
        let_people_call(Path(demo["home"]), Path(folder) / "replies.csv")
        secret = Path(demo["home"], "secret.key").read_text("utf-8").strip()
        served = Served(Path(demo["home"]), rehearse=MOMENT, secret=secret)
        try:
            look(f"http://127.0.0.1:{served.port}", demo)
        finally:
            served.stop()


def kaartje(*words: object) -> str:
    """Run a command, and return what it printed."""
    command = [sys.executable, "-c", "from console.main import run; run()", *map(str, words)]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def draw_card(print_file: Path, picture: Path) -> None:
    """Draw front and back of the second card beside each other, as cut."""
    from PIL import Image

    with PdfDocument(print_file) as pages:
        front, back = (_as_cut(pages[page]) for page in (2, 3))
    both = Image.new("RGB", (front.width + GAP + back.width, front.height), "white")
    both.paste(front, (0, 0))
    both.paste(back, (front.width + GAP, 0))
    _small(both).save(picture, optimize=True)


def _as_cut(page: Any) -> "Image":
    """Return a page without what is cut off, with a thin edge to show where the paper ends."""
    from PIL import ImageOps

    left, bottom, right, top = page.get_trimbox()
    width, height = page.get_size()
    crop = (left, bottom, width - right, height - top)
    drawn: Image = page.render(scale=CARD_WIDTH / (right - left), crop=crop).to_pil()
    return ImageOps.expand(drawn.convert("RGB"), border=1, fill="#bbb")


def _small(picture: "Image") -> "Image":
    """Return a picture in 256 colours, which is a third of its size and looks the same."""
    from PIL import Image

    return picture.quantize(256, dither=Image.Dither.NONE)


def let_people_call(home: Path, file: Path) -> None:
    """Finish what waits since the summer, and let people with a card call this morning."""
    installation = open_installation(Settings(home=home))
    called = select(Call.person_id).where(Call.person_id.is_not(None))
    with installation.store.reading() as connection:
        codes = connection.execute(
            select(ResponseCode.code)
            .join(Touch, Touch.id == ResponseCode.touch_id)
            .where(Touch.state == TouchState.POSTED, Touch.person_id.not_in(called))
            .order_by(Touch.id)
            .limit(len(CALLED_AT))
        ).scalars()
        rows = [f"2023-08-10T{at},called,{code}" for at, code in zip(CALLED_AT, codes, strict=True)]
    installation.store.engine.dispose()
    for entry in json.loads(kaartje("queue", "list", "--json")):
        kaartje("queue", "next", "--as", "henri", "--now", BEFORE)
        kaartje("queue", "finish", entry["id"], "helped", "--as", "henri", "--now", BEFORE)
    file.write_text("\n".join(["received_at,kind,response_code", *rows]) + "\n", encoding="utf-8")
    kaartje("import", file, "--now", MOMENT)


def look(address: str, demo: dict[str, Any]) -> None:
    """Take the pictures of the pages."""
    with browsing() as page:
        sign_in(page, address, **demo["account"])
        page.goto(f"{address}/campaigns/{demo['campaign']}")
        take(page, "campaign")
    with browsing() as page:
        sign_in(page, address, **demo["agent"])
        page.goto(f"{address}/queue")
        take(page, "queue")
        page.locator("main form[action='/queue/next'] button").click()
        page.wait_for_url("**/queue/*")
        page.set_viewport_size({"width": 1280, "height": 800})  # what the page is made for
        take(page, "call")


@contextmanager
def browsing() -> "Iterator[Page]":
    """Open a page of the machine's own browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        yield browser.new_page(viewport={"width": WIDTH, "height": 760})
        browser.close()


def sign_in(page: "Page", address: str, *, name: str, password: str) -> None:
    """Sign in, in English."""
    page.goto(f"{address}/sign-in")
    page.get_by_role("button", name="English").click()
    page.locator("#name").fill(name)
    page.locator("#password").fill(password)
    page.locator("main form button").click()
    page.wait_for_url(lambda url: "sign-in" not in url)


def take(page: "Page", name: str) -> None:
    """Take a picture of what fits a screen, and make it small."""
    from PIL import Image

    picture = FOLDER / f"{name}.png"
    page.screenshot(path=picture)
    with Image.open(picture) as drawn:
        _small(drawn.convert("RGB")).save(picture, optimize=True)


if __name__ == "__main__":
    main()
