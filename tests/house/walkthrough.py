"""Walk through the tutorial: run its commands, and compare or write anew what they answer.

A ```sh block holds commands. The ```text block below it holds their answer, in which `...` stands
for anything. A ```yaml block named `write=FILE` is what the reader saves, and a block named
`show=FILE` is a part of a file that the reader has. `kaartje` runs in this process, and any other
command in a shell. `python -m tests.house.walkthrough` writes the answers without `...` anew.
"""

import os
import re
import shlex
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from console.main import app
from tests.house.reading import ROOT

TUTORIAL = ROOT / "docs" / "tutorial.md"
FENCE = re.compile(r"^```(\w+)(?: (write|show)=(\S+))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
EXPORT = re.compile(r"export (\w+)=(\S+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One fenced block of the tutorial.

    Attributes:
        line: Where it begins in the tutorial.
        language: The word behind the fence.
        job: `write`, `show`, or empty.
        file: The file that it is about, or empty.
        body: What stands in it.
    """

    line: int
    language: str
    job: str
    file: str
    body: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came where the tutorial shows `block`."""

    block: Block
    came: str

    def fits(self) -> bool:
        """Whether it is what the tutorial shows."""
        shown = ".*?".join(re.escape(part) for part in plain(self.block.body).split("..."))
        return re.fullmatch(shown, self.came, re.DOTALL) is not None


def blocks(text: str) -> list[Block]:
    """Return every fenced block of a page, in order."""
    return [
        Block(
            line=text.count("\n", 0, found.start()) + 1,
            language=found[1],
            job=found[2] or "",
            file=found[3] or "",
            body=found[4],
        )
        for found in FENCE.finditer(text)
    ]


def plain(said: str) -> str:
    """Return an answer without progress lines, which a terminal shows as a bar, and spaces at ends."""
    lines = (line.rstrip() for line in said.splitlines() if not line.startswith("progress: "))
    return "\n".join(lines).strip("\n")


def walk(text: str, folder: Path) -> Iterator[Answer]:
    """Do what the page says, in `folder`, and yield what came where it shows an answer.

    The folder is the current one when this ends, and variables that the page sets stay set.
    """
    os.chdir(folder)
    came = ""
    for block in blocks(text):
        if block.job == "write":
            Path(block.file).write_text(block.body, encoding="utf-8")
        elif block.job == "show":
            yield Answer(block, _part_of(Path(block.file), block))
        elif block.language == "sh":
            came = "\n".join(filter(None, map(run, block.body.splitlines())))
        elif block.language == "text":
            yield Answer(block, came)
            came = ""


def _part_of(file: Path, block: Block) -> str:
    """Return the block's own text where it stands in the file, and the file's where it does not."""
    text = plain(file.read_text(encoding="utf-8"))
    return plain(block.body) if plain(block.body) in text else text


def run(command: str) -> str:
    """Run one command as it stands, and return what it printed."""
    if made := EXPORT.fullmatch(command):
        os.environ[made[1]] = made[2]
        return ""
    words = shlex.split(command)
    if words[0] == "cd":
        os.chdir(words[1])
        return ""
    if words[0] == "kaartje":
        return plain(_answered(words[1:]))
    shell = ["bash", "-euc", command]
    return plain(subprocess.run(shell, capture_output=True, text=True, check=True).stdout)


def _answered(words: list[str]) -> str:
    """Return what a command of ours prints, results and remarks in the order in which a terminal shows them."""
    said = StringIO()
    with redirect_stdout(said), redirect_stderr(said), suppress(SystemExit):
        app(words)
    return said.getvalue()


def prepared(folder: Path) -> Path:
    """Return a folder in which the tutorial can begin, as in one where Kaartje was fetched."""
    (folder / "docs").symlink_to(ROOT / "docs")
    return folder


def main() -> None:
    """Write the answers without `...` anew, and name the others that no longer fit."""
    os.environ["KAARTJE_LANGUAGE"] = "en"
    text = TUTORIAL.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        answers = list(walk(text, prepared(Path(folder))))
    for answer in answers:
        if not answer.fits() and "..." not in answer.block.body:
            shown = f"```{answer.block.language}\n{answer.block.body}```"
            text = text.replace(shown, f"```{answer.block.language}\n{answer.came}\n```", 1)
        elif not answer.fits():
            print(f"line {answer.block.line} shows something else than\n{answer.came}\n")  # noqa: T201
    TUTORIAL.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
