"""Orders as a provisioning system of the nineties takes them: XML in GB18030 over HTTP, one address for everything.

A request names what it wants (`SERV_CODE`) and its own number (`SEQ_NO`); the answer is always 200 with a `RET_CODE`.
The same number again gives the first answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from yuelai.entrypoints.bss.ledger import Ledger, Refused

ENCODING = "GB18030"
MOST_BODY = 16 * 1024
DONE, BAD_FORMAT, NO_SUCH_SERVICE = "0000", "1001", "1002"
NO_CUSTOMER, NO_PRODUCT, HELD = "2001", "2002", "2003"
NUMBER_TAKEN, NO_ORDER, BROKEN = "3001", "4004", "9999"
_MESSAGES = {
    DONE: "受理成功",
    BAD_FORMAT: "报文格式错误",
    NO_SUCH_SERVICE: "服务代码不存在",
    NO_CUSTOMER: "客户不存在",
    NO_PRODUCT: "产品不存在",
    HELD: "客户已订购该产品",
    NUMBER_TAKEN: "流水号重复",
    NO_ORDER: "工单不存在",
    BROKEN: "系统异常",
}
_REFUSALS = {"customer_unknown": NO_CUSTOMER, "product_unknown": NO_PRODUCT, "another_of_this_name": NUMBER_TAKEN}
_DECLARED = re.compile(r"^\s*<\?xml[^>]*\?>")


def answer(ledger: Ledger, body: bytes, now: datetime) -> bytes:
    """Return the answer to a request, whatever it is."""
    try:
        head, fields = _read(body)
    except ValueError:
        return _written("", BAD_FORMAT, {})
    number, service = head.get("SEQ_NO", ""), head.get("SERV_CODE", "")
    if not 0 < len(number) <= 64:
        return _written(number[:64], BAD_FORMAT, {})
    if service == "ORDER_QRY":
        held = ledger.taken(number)
        return _written(number, DONE if held else NO_ORDER, held or {})
    if service != "ORDER_ADD":
        return _written(number, NO_SUCH_SERVICE, {})
    try:
        order = ledger.take(number, fields.get("CUST_NO", ""), fields.get("PROD_CODE", ""), now)
    except Refused as refusal:
        return _written(number, _REFUSALS.get(refusal.code, HELD if refusal.code == "held" else BAD_FORMAT), {})
    return _written(number, DONE, order)


def broken() -> bytes:
    return _written("", BROKEN, {})


def _read(body: bytes) -> tuple[dict[str, str], dict[str, str]]:
    """Raises ValueError."""
    if len(body) > MOST_BODY:
        raise ValueError("too long")
    text = _DECLARED.sub("", body.decode(ENCODING))
    try:
        root = fromstring(text, forbid_dtd=True)
    except (ParseError, DefusedXmlException) as error:
        raise ValueError(str(error)) from error
    if root.tag != "REQUEST":
        raise ValueError("no request")
    return _fields(root.find("HEAD")), _fields(root.find("BODY"))


def _fields(element: Any) -> dict[str, str]:
    return {} if element is None else {each.tag: (each.text or "").strip() for each in element}


def _written(number: str, code: str, fields: Mapping[str, str]) -> bytes:
    root = Element("RESPONSE")
    head, body = SubElement(root, "HEAD"), SubElement(root, "BODY")
    for name, value in (("SEQ_NO", number), ("RET_CODE", code), ("RET_MSG", _MESSAGES[code])):
        SubElement(head, name).text = value
    for name, value in fields.items():
        SubElement(body, name).text = value
    return f'<?xml version="1.0" encoding="{ENCODING}"?>{tostring(root, encoding="unicode")}'.encode(ENCODING)
