"""What a PDF says about itself: document information, XMP for PDF/A-2a and PDF/UA-1, the colour space meant."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

from certificates.pdf.objects import ObjectList, Ref, plain_stream, text_string

PRODUCER = "skills-competition"
SRGB_PROFILE = Path(__file__).with_name("srgb.icc")

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance><pdfuaid:part>1</pdfuaid:part>
<dc:format>application/pdf</dc:format><dc:language><rdf:Bag><rdf:li>zh-CN</rdf:li></rdf:Bag></dc:language>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
{dates}<xmp:CreatorTool>{producer}</xmp:CreatorTool><pdf:Producer>{producer}</pdf:Producer>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that the file follows</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
</rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""
_DATES = "<xmp:CreateDate>{moment}</xmp:CreateDate><xmp:ModifyDate>{moment}</xmp:ModifyDate>\n"


@dataclass(frozen=True, slots=True)
class About:
    """Title, author and subject of one file, and the day on which it was issued if that is known."""

    title: str
    author: str
    subject: str
    day: date | None

    def info(self) -> bytes:
        """Write the document information dictionary."""
        entries = [
            b"/Title " + text_string(self.title),
            b"/Author " + text_string(self.author),
            b"/Subject " + text_string(self.subject),
            b"/Creator (%b) /Producer (%b)" % (PRODUCER.encode(), PRODUCER.encode()),
        ]
        if self.day is not None:
            moment = pdf_moment(self.day)
            entries.append(b"/CreationDate (%b) /ModDate (%b)" % (moment, moment))
        return b"<<" + b" ".join(entries) + b">>"

    def xmp(self) -> bytes:
        """Write the metadata stream, which says the same as the information dictionary."""
        dates = _DATES.format(moment=f"{self.day.isoformat()}T00:00:00+08:00") if self.day else ""
        packet = _XMP.format(
            title=escape(self.title),
            author=escape(self.author),
            subject=escape(self.subject),
            dates=dates,
            producer=PRODUCER,
        )
        return plain_stream(packet.encode(), b"/Type /Metadata /Subtype /XML")


def pdf_moment(day: date) -> bytes:
    """Write midnight of a day in China as PDF does: the day alone is known, and the same day gives the same bytes."""
    return f"D:{day:%Y%m%d}000000+08'00'".encode()


def add_output_intent(objects: ObjectList) -> Ref:
    """Append the colour space that all colours of the file are meant in: sRGB."""
    profile = objects.add_stream(SRGB_PROFILE.read_bytes(), b"/N 3", packed=True)
    return objects.add(
        b"<</Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB) /Info (sRGB IEC61966-2.1) "
        b"/DestOutputProfile ",
        profile,
        b">>",
    )
