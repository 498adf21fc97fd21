"""The job ticket of a print run, a small XJDF document for the software of a press.

The standard's own schema may not be distributed. So this module checks the ticket's parts, and
every figure in it that must equal a figure of the run.
"""

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from channels.card.frames import MM
from channels.card.totals import SORTING, RunFile, Totals, envelope
from channels.press.page_reading import Spoiled
from channels.press.profile import CONDITION

NAMESPACE = "http://www.CIP4.org/JDFSchema_2_0"
VERSION = "2.2"
_SIDES = {
    "head to head": "TwoSidedHeadToHead",
    "head to foot": "TwoSidedHeadToFoot",
    "one side": "OneSided",
}
_KINDS = {"pdf": "application/pdf", "csv": "text/csv"}
_FOUR = "Cyan Magenta Yellow Black"
_ONE_FOLD = "F4-1"  # four pages, folded once


def write_ticket(totals: Totals) -> bytes:
    """Return the ticket of a run.

    The same run gives the same bytes. It has no `CheckSum`: XJDF 2.2 (table 8.22) means MD5 by it,
    and the SHA-256 sums travel in a file of their own.
    """
    root = ET.Element(
        "XJDF", {"xmlns": NAMESPACE, "JobID": totals.run, "Types": "Product", "Version": VERSION}
    )
    for said in _instructions(totals):
        ET.SubElement(root, "Comment", {"Type": "Instruction", "Language": "en"}).text = said
    product = ET.SubElement(
        ET.SubElement(root, "ProductList"),
        "Product",
        {"Amount": str(totals.pieces), "IsRoot": "true", "ID": "piece"},
    )
    for name, intent in _intents(totals):
        ET.SubElement(product, "Intent", {"Name": name}).append(intent)
    lists = ET.SubElement(root, "ResourceSet", {"Name": "RunList", "Usage": "Input"})
    for file in totals.files:
        _add_file(lists, file)
    _add_posting(root, totals)
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def check_ticket(ticket: bytes, totals: Totals) -> None:
    """Check a ticket against the totals of its run.

    Raises:
        Spoiled: it is no ticket, lacks a part, or one of its figures is not the run's.
    """
    root = ET.fromstring(ticket)  # noqa: S314  our own, read back
    if root.tag != _named("XJDF") or {root.get("JobID"), root.get("Version")} != {
        totals.run,
        VERSION,
    }:
        raise Spoiled("the job ticket is not that of this run")
    _same(
        "pieces",
        [each.get("Amount") for each in root.iter(_named("Product"))],
        [str(totals.pieces)],
    )
    _same(
        "sides",
        [each.get("Sides") for each in root.iter(_named("LayoutIntent"))],
        [_SIDES[totals.sheet.turn]],
    )
    _same(
        "folds",
        len(list(root.iter(_named("FoldingIntent")))),
        0 if totals.sheet.fold is None else 1,
    )
    _same(
        "instructions", [each.text for each in root.iter(_named("Comment"))], _instructions(totals)
    )
    by = [each.get("Required") for each in root.iter(_named("DeliveryParams"))]
    _same("posting time", by, [_moment(totals)] if totals.terms.post_by else [])
    found = [(each.get("URL"), each.get("FileSize")) for each in root.iter(_named("FileSpec"))]
    _same("files", found, [(file.name, str(file.bytes)) for file in totals.files])
    pages = [each.get("NPage") for each in root.iter(_named("RunList"))]
    _same("pages", pages, [str(file.pages) for file in totals.files])


def _same(part: str, found: object, expected: object) -> None:
    if found != expected:
        raise Spoiled(f"the {part} in the job ticket are not those of the run")


def _intents(totals: Totals) -> Iterator[tuple[str, ET.Element]]:
    """Yield the intents of the finished piece, namely colours, size and turn, paper and variable data."""
    sheet = totals.sheet
    colour = ET.Element("ColorIntent")
    for surface in ("Front", "Back")[: sheet.sides]:
        ET.SubElement(colour, "SurfaceColor", {"Surface": surface, "ColorsUsed": _FOUR})
    yield "ColorIntent", colour
    wide, high = sheet.finished
    layout = {
        "Dimensions": f"{sheet.width * MM:.3f} {sheet.height * MM:.3f}",
        "FinishedDimensions": f"{wide * MM:.3f} {high * MM:.3f} 0",
        "Bleed": f"{sheet.bleed * MM:.3f}",
        "Sides": _SIDES[sheet.turn],
    }
    yield "LayoutIntent", ET.Element("LayoutIntent", layout)
    yield (
        "MediaIntent",
        ET.Element(
            "MediaIntent",
            {
                "MediaType": "Paper",
                "Weight": f"{sheet.grammage:g}",
                "Coating": sheet.coating.capitalize(),
                "BackCoating": sheet.coating.capitalize(),
            },
        ),
    )
    if sheet.fold is not None:
        yield "FoldingIntent", ET.Element("FoldingIntent", {"FoldCatalog": _ONE_FOLD})
    yield "VariableIntent", ET.Element("VariableIntent", {"VariableType": "Area"})


def _instructions(totals: Totals) -> list[str]:
    """Return what a press plans from and the standard has no place for, a sentence each."""
    sheet = totals.sheet
    said = [f"Order of the pieces: {SORTING}."]
    if totals.terms.service:
        said.append(f"Service of the carrier: {totals.terms.service}.")
    if sheet.fold is not None and sheet.envelope == 0:
        said.append(
            f"Folded at {sheet.fold:g} mm from the top of the front, the fold below the address."
        )
    if sheet.closes:
        said.append(f"Closed with {sheet.closing} at the upper edge.")
    if sheet.envelope:
        said.append(f"In an envelope: {envelope(totals.window)}.")
    if sheet.coating == "none" and "uncoated" in sheet.paper.casefold():
        said.append(
            f"The colours are meant for coated paper ({CONDITION}), and the stock is uncoated: "
            "they come out duller, so look at the press proof."
        )
    return said


def _add_posting(root: ET.Element, totals: Totals) -> None:
    """Add until when the run is posted, and whom the shop asks."""
    if totals.terms.post_by is not None:
        posting = ET.SubElement(root, "ResourceSet", {"Name": "DeliveryParams", "Usage": "Input"})
        params = ET.SubElement(
            ET.SubElement(posting, "Resource"), "DeliveryParams", {"Required": _moment(totals)}
        )
        ET.SubElement(params, "DropItem", {"Amount": str(totals.pieces), "ItemRef": "piece"})
    if totals.terms.contact:
        contacts = ET.SubElement(root, "ResourceSet", {"Name": "Contact", "Usage": "Input"})
        contact = ET.SubElement(
            ET.SubElement(contacts, "Resource"), "Contact", {"ContactTypeDetails": "Customer"}
        )
        ET.SubElement(contact, "Company", {"OrganizationName": totals.terms.contact})


def _moment(totals: Totals) -> str:
    assert totals.terms.post_by is not None  # noqa: S101  its callers looked
    return totals.terms.post_by.isoformat(timespec="seconds")


def _add_file(lists: ET.Element, file: RunFile) -> None:
    resource = ET.SubElement(lists, "Resource", {"DescriptiveName": file.name})
    ET.SubElement(resource, "Part", {"Run": file.name[:-4]})
    run = ET.SubElement(
        resource, "RunList", {"NPage": str(file.pages), "Pages": f"0 {file.pages - 1}"}
    )
    spec = {
        "URL": file.name,
        "MimeType": _KINDS[file.name[-3:]],
        "FileSize": str(file.bytes),
    }
    ET.SubElement(run, "FileSpec", spec)


def _named(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
