"""Checks of a finished file by qpdf and, where it is installed, MuPDF.

Neither had a part in making it.

qpdf looks at the structure, the cross-references and every stream. MuPDF goes through every page as a press's own
reader does: each operator, font and form that a page asks for.
"""

import os
import subprocess
from pathlib import Path
from shutil import which

from channels.press.page_reading import Spoiled
from store.sentences import Sentence

_PATIENCE = 600  # seconds for one file; a run of 2,500 cards takes two
# what Debian's MuPDF says of itself, whatever the file
_OF_ITSELF = "warning: ICC support is not available"


def check_with_tools(pdf: Path) -> None:
    """Check the file with every tool there is.

    Raises:
        Spoiled: one of them found something; says which tool, and what.
    """
    _by_qpdf(pdf)
    if mutool := which("mutool"):
        _by_mupdf(mutool, pdf)


def _by_qpdf(pdf: Path) -> None:
    import pikepdf

    job = pikepdf.Job(["qpdf", "--check", str(pdf)])
    try:
        job.run()
    except (pikepdf.PdfError, RuntimeError) as error:
        raise Spoiled(f"qpdf cannot read the file: {error}") from error
    if job.exit_code or job.has_warnings:
        raise Spoiled("qpdf cannot take the file as it is; what it found stands in the log")


def _by_mupdf(mutool: str, pdf: Path) -> None:
    command = [mutool, "draw", "-q", "-F", "txt", "-o", os.devnull, str(pdf.absolute())]
    try:
        drawn = subprocess.run(  # noqa: S603  a tool of the system's own, and a file of ours
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise Spoiled(f"MuPDF did not finish reading the file within {_PATIENCE} seconds") from late
    found = [line for line in drawn.stderr.splitlines() if line and line != _OF_ITSELF]
    if drawn.returncode or found:
        problem = (
            found[0]
            if found
            else Sentence("it ended with {returncode}", returncode=drawn.returncode)
        )
        raise Spoiled(f"MuPDF cannot take the file as it is: {problem[:200]}")
