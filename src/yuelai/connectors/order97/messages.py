"""What is sent to such a system and what it answers; pure.

A request is `<REQUEST><HEAD>SERV_CODE, SEQ_NO, SYS_ID, REQ_TIME</HEAD><BODY>…</BODY></REQUEST>`; the answer, always
with HTTP's 200, has `SEQ_NO`, `RET_CODE` and `RET_MSG` in its head.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

ENCODING = "GB18030"
CONTENT_TYPE = f"text/xml; charset={ENCODING}"
SYSTEM = "YUELAI"
DONE, NO_ORDER = "0000", "4004"
REFUSALS: Mapping[str, str] = {
    "2001": "customer_unknown",
    "2002": "product_unknown",
    "2003": "held",
    "3001": "another_of_this_name",
}
"""Codes that say no for good, and our names for them."""
MOST_NUMBER = 64
"""Characters of a `SEQ_NO`."""
_DECLARED = re.compile(r"^\s*<\?xml[^>]*\?>")
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd]")
"""What XML has no place for (XML 1.0, section 2.2), and what GB18030 needs four bytes for beyond the first plane."""


@dataclass(frozen=True)
class Answer:
    number: str
    code: str
    message: str
    fields: Mapping[str, str]


def number_of(key: str) -> str:
    """Return the `SEQ_NO` that stands for a key: the key itself, or what is made from it where it is too long."""
    return key if len(key) <= MOST_NUMBER else hashlib.sha256(key.encode()).hexdigest()


def request(service: str, number: str, at: datetime, fields: Mapping[str, str]) -> bytes:
    """`at` is told in local time, which is what such systems keep."""
    root = Element("REQUEST")
    head, body = SubElement(root, "HEAD"), SubElement(root, "BODY")
    named = {
        "SERV_CODE": service,
        "SEQ_NO": number,
        "SYS_ID": SYSTEM,
        "REQ_TIME": at.astimezone().strftime("%Y%m%d%H%M%S"),
    }
    for element, values in ((head, named), (body, fields)):
        for name, value in values.items():
            SubElement(element, name).text = _UNFIT.sub("", value)
    return f'<?xml version="1.0" encoding="{ENCODING}"?>{tostring(root, encoding="unicode")}'.encode(ENCODING)


def answer(body: bytes) -> Answer:
    """Raises ValueError for what is no answer."""
    # Expat knows no encoding of several bytes but UTF-8, so the declaration goes and the text comes decoded.
    text = _DECLARED.sub("", body.decode(ENCODING))
    try:
        root = fromstring(text, forbid_dtd=True)
    except (ParseError, DefusedXmlException) as error:
        raise ValueError(str(error)) from error
    head = root.find("HEAD")
    if root.tag != "RESPONSE" or head is None or not (code := head.findtext("RET_CODE")):
        raise ValueError("no answer of this interface")
    fields = {each.tag: (each.text or "").strip() for each in root.find("BODY") or ()}
    return Answer(head.findtext("SEQ_NO") or "", code.strip(), head.findtext("RET_MSG") or "", fields)
