"""Metadata of a file, the same in its information dictionary and in its XMP."""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID
from xml.sax.saxutils import escape

from channels.press.writer import PdfWriter, text_string

VERSION = "PDF/X-4"
PRODUCER = "Kaartje"


@dataclass(frozen=True, slots=True)
class About:
    """Title, subject and date of a file."""

    title: str
    subject: str
    made_at: datetime

    @property
    def file_id(self) -> bytes:
        """Sixteen bytes, the same for the same title and moment."""
        return sha256(f"{self.title}|{self.subject}|{self._instant.isoformat()}".encode()).digest()[
            :16
        ]

    def info(self) -> bytes:
        """Return the information dictionary."""
        date = f"D:{self._instant:%Y%m%d%H%M%SZ}".encode()
        return (
            b"<</Title%b/Subject%b/Author(Kaartje)/Creator(Kaartje)/Producer(Kaartje)/CreationDate(%b)/ModDate(%b)"
            b"/Trapped/False>>" % (text_string(self.title), text_string(self.subject), date, date)
        )

    def write_xmp(self, writer: PdfWriter) -> bytes:
        """Write the XMP uncompressed, so that anything can read it, and return its catalog entry."""
        packet = self._xmp().encode()
        number = writer.put(
            b"<</Type/Metadata/Subtype/XML/Length %d>>stream\n%b\nendstream" % (len(packet), packet)
        )
        return b"/Metadata %d 0 R" % number

    @property
    def _instant(self) -> datetime:
        return self.made_at.astimezone(UTC).replace(microsecond=0)

    def _xmp(self) -> str:
        date = f"{self._instant:%Y-%m-%dT%H:%M:%SZ}"
        identity = f"uuid:{UUID(bytes=self.file_id)}"
        plain = {
            "xmp:CreateDate": date,
            "xmp:ModifyDate": date,
            "xmp:MetadataDate": date,
            "xmp:CreatorTool": PRODUCER,
            "pdf:Producer": PRODUCER,
            "pdf:Trapped": "False",
            "pdfxid:GTS_PDFXVersion": VERSION,
            "xmpMM:DocumentID": identity,
            "xmpMM:InstanceID": identity,
            "xmpMM:VersionID": "1",
            "xmpMM:RenditionClass": "default",
            "dc:format": "application/pdf",
        }
        properties = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in plain.items())
        spaces = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in _NAMESPACES.items())
        return (
            '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
            '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
            f'<rdf:Description rdf:about=""{spaces}>{properties}'
            f"<dc:title>{_in_any_language(self.title)}</dc:title>"
            f"<dc:description>{_in_any_language(self.subject)}</dc:description>"
            "<dc:creator><rdf:Seq><rdf:li>Kaartje</rdf:li></rdf:Seq></dc:creator>"
            '</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end="r"?>'
        )


_NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "pdfxid": "http://www.npes.org/pdfx/ns/id/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
}


def _in_any_language(text: str) -> str:
    return f'<rdf:Alt><rdf:li xml:lang="x-default">{escape(text)}</rdf:li></rdf:Alt>'
