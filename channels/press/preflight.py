"""Preflight checks of a finished file, for what PDF/X-4 asks of the file as a whole.

These are structural checks of our own. No free tool checks all of ISO 15930-7, and this is not a
certificate.
"""

import re
from typing import Any

from channels.press.metadata import VERSION
from channels.press.page_reading import Spoiled

_WORDS = 4_000  # whose width is remembered
# resources that our pages do not need
_UNSEEN = (
    "/ExtGState",
    "/Shading",
    "/Pattern",
    "/ColorSpace",
    "/Properties",
)
_XMP_DATE = re.compile(r"<xmp:(?:Create|Modify)Date>([^<]+)<")


class ReadFont(dict[str, float]):
    """A font in the file, as the width of each word in thousandths of the size."""

    def __init__(self, widths: dict[str, float]) -> None:
        """Make it of the width of each character."""
        super().__init__()
        self._wide = widths.__getitem__
        self.space = widths.get(" ", 0.0)

    def __missing__(self, word: str) -> float:
        if len(self) >= _WORDS:
            self.clear()
        self[word] = wide = sum(map(self._wide, word))
        return wide

    def width(self, text: str) -> float:
        """Return the width of a line in thousandths of the size.

        Raises:
            Spoiled: the font in the file has no glyph for one of its characters.
        """
        words = text.split(" ")
        try:
            return sum(map(self.__getitem__, words)) + self.space * (len(words) - 1)
        except KeyError as lacking:
            raise Spoiled(f"the font in the file has no U+{ord(lacking.args[0]):04X}") from None


def check_file(pdf: Any) -> None:
    """Check the PDF/X-4 version, output intent, metadata and identity of a file.

    Args:
        pdf: opened by pikepdf.

    Raises:
        Spoiled: it lacks something, or has something that it may not have.
    """
    if pdf.is_encrypted:
        raise Spoiled("the file is encrypted")
    if pdf.pdf_version < "1.6":
        raise Spoiled(f"the file is PDF {pdf.pdf_version}, where {VERSION} asks for 1.6")
    if "/ID" not in pdf.trailer:
        raise Spoiled("the file has no identity")
    _check_intent(pdf.Root)
    _check_metadata(pdf)
    for forbidden in ("/AcroForm", "/OpenAction", "/AA", "/Names"):
        if forbidden in pdf.Root:
            raise Spoiled(f"the file has {forbidden[1:]}, which no press takes")


def check_resources(resources: Any) -> dict[str, Any]:
    """Check that pages use only fonts and forms, and return the forms by name.

    Raises:
        Spoiled: there is an image, a transparency, or another thing that our pages do not have.
    """
    for forbidden in _UNSEEN:
        if len(resources.get(forbidden, {})):
            raise Spoiled(
                f"a page has {forbidden[1:]}: transparency or a colour space that is not ours"
            )
    forms = {str(name)[1:]: form for name, form in resources.get("/XObject", {}).items()}
    for name, form in forms.items():
        if form.get("/Subtype") == "/Image":
            raise Spoiled(f"{name} is an image{_colour_of(form)}; cards are drawn without images")
        if "/Group" in form or "/SMask" in form:
            raise Spoiled(f"{name} is transparent")
        inner = form.get("/Resources", {})
        if len(inner.get("/XObject", {})) or any(len(inner.get(name, {})) for name in _UNSEEN):
            raise Spoiled(f"the form {name} brings images or colour spaces of its own")
    return forms


def read_fonts(resources: Any) -> dict[str, ReadFont]:
    """Read the fonts of a page's resources, by their names without the `F-`.

    Raises:
        Spoiled: a font is not embedded, or lacks a glyph of its own characters.
    """
    return {
        str(name)[3:]: _font(font, str(name)[1:])
        for name, font in resources.get("/Font", {}).items()
    }


def _font(font: Any, name: str) -> ReadFont:
    below = font.get("/DescendantFonts", [{}])[0]
    descriptor = below.get("/FontDescriptor", {})
    if "/FontFile2" not in descriptor or not len(descriptor["/FontFile2"].read_bytes()):
        raise Spoiled(f"the font {name} is not embedded")
    if font.get("/Encoding") != "/Identity-H" or "/ToUnicode" not in font:
        raise Spoiled(f"the text in the font {name} cannot be read back")
    glyphs = bytes(below["/CIDToGIDMap"].read_bytes())
    widths: dict[str, float] = {}
    listed = list(below["/W"])
    for first, run in zip(listed[::2], listed[1::2], strict=True):
        widths.update((chr(int(first) + at), float(wide)) for at, wide in enumerate(run))
    for char in widths:
        if glyphs[2 * ord(char) : 2 * ord(char) + 2] in {b"", b"\0\0"}:
            raise Spoiled(f"the font {name} has no glyph for U+{ord(char):04X}")
    return ReadFont(widths)


def _colour_of(image: Any) -> str:
    space = str(image.get("/ColorSpace", ""))
    return "" if space in {"", "/DeviceCMYK"} else f" in {space.removeprefix('/Device')}"


def _check_intent(root: Any) -> None:
    intents = [
        intent for intent in root.get("/OutputIntents", []) if intent.get("/S") == "/GTS_PDFX"
    ]
    if len(intents) != 1:
        raise Spoiled(
            "the file has no output intent, so it does not say for which paper its colours are meant"
        )
    profile = intents[0].get("/DestOutputProfile")
    data = b"" if profile is None else bytes(profile.read_bytes())
    if data[12:20] != b"prtrCMYK" or int(profile.get("/N", 0)) != 4:  # noqa: PLR2004  four inks
        raise Spoiled("the colour profile in the file is no CMYK profile of a press")


def _check_metadata(pdf: Any) -> None:
    xmp = bytes(pdf.Root.Metadata.read_bytes()).decode() if "/Metadata" in pdf.Root else ""
    if f"<pdfxid:GTS_PDFXVersion>{VERSION}<" not in xmp:
        raise Spoiled(f"the file does not say that it is {VERSION}")
    plain = re.sub(r"[^0-9]", "", str(pdf.docinfo.get("/CreationDate", "")))
    dates = {re.sub(r"[^0-9]", "", date) for date in _XMP_DATE.findall(xmp)}
    if dates != {plain} or str(pdf.docinfo.get("/ModDate")) != str(
        pdf.docinfo.get("/CreationDate")
    ):
        raise Spoiled("the file says two different things about its date")
    if str(pdf.docinfo.get("/Trapped")) != "/False" or "<pdf:Trapped>False<" not in xmp:
        raise Spoiled("the file does not say that it is not trapped")
