"""The sample's scripts: how a charge is disputed, a caller found out, a fault asked after, a complaint calmed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from yuelai.platform.ids import SAMPLE_TENANT

if TYPE_CHECKING:
    from datetime import date

    from yuelai.platform.db import Connection


def _to(label: str, label_en: str, next_: str | None = None, **effect: str) -> dict[str, Any]:
    """An answer; `business="fault"` or `result="solved"` is what it does besides."""
    ((kind, code),) = effect.items() if effect else ((None, None),)
    made = {"kind": kind, "code": code} if kind else None
    return {"label": label, "label_en": label_en, "next": next_, "effect": made}


def _step(id_: str, text: str, text_en: str, *branches: dict[str, Any]) -> dict[str, Any]:
    return {"id": id_, "text": text, "text_en": text_en, "branches": list(branches)}


def _entry(**conditions: Any) -> dict[str, Any]:
    return {"queues": [], "dispositions": [], "classes": [], "matches": [], "keys": "", **conditions}


_SOLVED = _to("没有别的事了", "Nothing else", result="solved")

BILL = [
    _step(
        "open",
        "{customer.honorific|您好}，您 {bill.last_month|上月} 账单合计 {bill.last_total|（见屏幕）}，"
        "与前一个月相差 {bill.difference|不大}。您想核对哪一项？",
        "{customer.honorific|Hello}, your bill for {bill.last_month|last month} comes to "
        "{bill.last_total|the amount shown}, {bill.difference|little} away from the month before. "
        "Which item would you like to check?",
        _to("流量或漫游", "Data or roaming", "roaming"),
        _to("增值业务", "Extras", "extras"),
        _to("套餐月费", "The monthly fee", "fee"),
    ),
    _step(
        "roaming",
        "这一笔产生时，您当时是在口岸附近，还是出境了？",
        "When this was charged, were you near the border, or abroad?",
        _to("在口岸附近", "Near the border", "reduce"),
        _to("出境了", "Abroad", "explain"),
        _to("不清楚", "Not sure", "check"),
    ),
    _step(
        "extras",
        "这项业务是按月收取的。您是否记得开通过，现在还需要吗？",
        "This is charged by the month. Do you remember ordering it, and do you still need it?",
        _to("不需要，退订", "Not needed, cancel it", "done", business="cancel_extra"),
        _to("没有开通过", "Never ordered it", "check"),
    ),
    _step(
        "fee",
        "您现在是 {customer.product|当前套餐}，月费按自然月收取。我为您逐项说明，好吗？",
        "You are on {customer.product|your present plan}; the fee is for the calendar month. Shall I go through it?",
        _to("明白了", "I see", "done"),
        _to("想换套餐", "Would rather change plan", "done", business="plan_change"),
    ),
    _step(
        "reduce",
        "这是手机自动连到境外网络产生的，我现在就为您申请减免，短信会告诉您结果。",
        "Your phone joined a foreign network by itself. I am asking for this to be taken off; a text will tell you.",
        _to("打开账单争议", "Open the dispute", "done", business="bill_dispute"),
    ),
    _step(
        "explain",
        "境外流量按当地资费计算。以后出行前可以先开通漫游包，会便宜很多。",
        "Data abroad is charged at local rates. With a roaming pack before you travel it costs far less.",
        _to("明白了", "I see", "done"),
        _to("仍有异议", "Still disagree", "done", business="bill_dispute"),
    ),
    _step(
        "check",
        "我先提交核查，两个工作日内把结果告诉您。核查期间这一笔不影响您使用。",
        "I am handing this in to be checked; you will hear within two working days, and can go on using everything.",
        _to("提交核查", "Hand it in", "done", business="bill_dispute"),
    ),
    _step(
        "done",
        "请问还有别的可以帮您吗？",
        "Is there anything else I can do for you?",
        _SOLVED,
        _to("还有其他事", "Something else", result="more"),
    ),
]

IDENTIFY = [
    _step(
        "who",
        "您好，我是 {agent.number|客服}。为保护您的信息，请问机主贵姓？您是本人还是代办？",
        "Hello, agent {agent.number|here}. To keep your data safe, may I have the holder's surname? "
        "Are you the holder, or calling for them?",
        _to("机主本人", "The holder", "one"),
        _to("家人代办", "Family, for them", "two"),
        _to("不愿提供", "Would rather not say", "open"),
    ),
    _step(
        "one",
        "谢谢。请再报一下装机地址所在的路名，或者证件后四位。",
        "Thank you. Please tell me the street of the installation, or the last four digits of the document.",
        _to("核对一致", "It matches", result="identified"),
        _to("对不上", "It does not", "open"),
    ),
    _step(
        "two",
        "代办需要核对两项：机主的装机地址，以及证件后四位。您方便提供吗？",
        "For somebody else I need two things: the address of the installation and the last four digits. "
        "Do you have them?",
        _to("两项一致", "Both match", result="identified"),
        _to("不全", "Not both", "open"),
    ),
    _step(
        "open",
        "没关系。涉及个人信息的业务需要本人办理，套餐资费、网点、故障通告我现在都可以告诉您。",
        "That is all right. What concerns the account needs the holder; plans, shops and outages I can tell you now.",
        _to("只办公开业务", "Open matters only", result="open_only"),
    ),
]

FOLLOW_UP = [
    _step(
        "ask",
        "{customer.honorific|您好}，我是 {agent.number|客服}。{last_contact.day|上次}您报的"
        "{last_contact.subject|故障}，修好了吗？",
        "{customer.honorific|Hello}, agent {agent.number|here}. You told us of a fault {last_contact.day|last time}: "
        "{last_contact.subject|the line}. Is it mended?",
        _to("已修好", "Mended", "well"),
        _to("修好又坏了", "It broke again", "again"),
        _to("没人上门", "Nobody came", "visit"),
    ),
    _step(
        "well",
        "太好了。您今天来电是有别的事要办吗？",
        "Good to hear. Is there something else today?",
        _SOLVED,
        _to("另有其他事", "Something else", result="more"),
    ),
    _step(
        "again",
        "很抱歉又给您添麻烦。我把上次的记录一并带上，这次安排高级师傅上门。",
        "I am sorry for the trouble. I am adding what was done last time, and a senior engineer will come.",
        _to("登记故障", "Take the fault down", "time", business="fault"),
        _to("客户要投诉", "The customer complains", "time", business="complaint"),
    ),
    _step(
        "visit",
        "抱歉让您久等。我现在催办，并给您一个确定的时间。",
        "I am sorry you waited. I am chasing it now, and will give you a fixed time.",
        _to("已约好时间", "Time agreed", "time", business="fault"),
    ),
    _step(
        "time",
        "师傅上门前一小时会先打您电话。到时没修好，请直接找我，工号 {agent.number|见短信}。",
        "The engineer rings an hour before. If it is not mended then, ask for me, agent {agent.number|as in the text}.",
        _SOLVED,
    ),
]

VIP = [
    _step(
        "greet",
        "{customer.honorific|您好}，感谢您 {customer.years|多} 年来一直选择我们。"
        "我是您的专属座席 {agent.number}，请讲。",
        "{customer.honorific|Hello}, thank you for {customer.years|many} years with us. "
        "I am agent {agent.number}, here for you. How can I help?",
        _to("办理业务", "A transaction", "act"),
        _to("反映问题", "A problem", "problem"),
        _to("找客户经理", "The account manager", result="manager"),
    ),
    _step(
        "act",
        "好的，这项业务我全程为您办好，不用再转其他人。",
        "Certainly. I will see it through for you; you need not be passed on.",
        _SOLVED,
    ),
    _step(
        "problem",
        "我记下了，今天之内由我回复您，您看几点方便？",
        "I have that down and will come back to you today. What time suits you?",
        _to("已约定时间", "Time agreed", result="promised"),
        _to("现在就要解决", "It must be now", business="complaint"),
    ),
]

CALM = [
    _step(
        "listen",
        "{customer.honorific|您}，给您带来不便，我先向您道歉。您请讲，我认真记。",
        "{customer.honorific|Hello}, I am sorry for the trouble. Please tell me; I am taking it all down.",
        _to("服务态度", "How we behaved", "sorry"),
        _to("问题反复", "It keeps coming back", "again"),
        _to("费用", "Charges", "money"),
    ),
    _step(
        "sorry",
        "听到这里，换作是我也会生气。我会把录音交给班长核实，并由班长回复您。",
        "I would be angry, too. A team leader will hear the recording and come back to you.",
        _to("接受", "Accepted", "close", business="complaint"),
        _to("要求找领导", "Wants a superior", result="escalated"),
    ),
    _step(
        "again",
        "同一件事让您打了几次电话，是我们没做好。从现在起由我一个人跟到底。",
        "That you had to call about this again is our failing. From now on I alone follow it to the end.",
        _to("接受", "Accepted", "close", business="complaint"),
        _to("要求找领导", "Wants a superior", result="escalated"),
    ),
    _step(
        "money",
        "这笔钱我先逐项核对，有误的当场退，不会让您多付。",
        "I am checking each item now; what is wrong goes back at once. You will not pay too much.",
        _to("逐项核对", "Check the items", "close", business="bill_dispute"),
    ),
    _step(
        "close",
        "我们约定：24 小时之内我给您回电，号码就用现在这个。可以吗？",
        "Let us agree: I call you back within 24 hours, on this number. Is that all right?",
        _to("可以", "Yes", result="promised"),
        _to("换个时间", "Another time", result="promised"),
    ),
]

SCRIPTS: tuple[tuple[str, str, str, int, list[dict[str, Any]], dict[str, Any]], ...] = (
    ("bill-dispute", "账单争议", "Bill dispute", 30, BILL,
     _entry(dispositions=["billing", "billing_dispute", "billing_refund"])),
    ("identify", "识别来电人", "Find out who calls", 10, IDENTIFY, _entry(matches=["several", "new", "withheld"])),
    ("fault-follow-up", "回访上次故障", "Ask after the last fault", 20, FOLLOW_UP,
     _entry(dispositions=["fault", "fault_line", "fault_slow", "fault_equipment"])),
    ("vip-greeting", "VIP 问候", "Greeting of VIPs", 40, VIP, _entry(classes=["vip"])),
    ("complaint", "投诉安抚", "Calming a complaint", 50, CALM, _entry(queues=["complaint"])),
)  # fmt: skip
"""Code, name, name in English, position, steps, when it suggests itself."""


def script_id(place: int) -> UUID:
    return UUID(f"01900000-0000-7000-8000-{3_500_000 + place:012d}")


async def load(conn: Connection, today: date) -> None:
    """Add them, published, while there are none at all: what editors took away does not come back."""
    if await conn.fetchval("SELECT EXISTS (SELECT FROM scripts WHERE tenant_id = $1)", SAMPLE_TENANT):
        return
    at = datetime(today.year, today.month, today.day, tzinfo=UTC) - timedelta(days=30)
    rows = [
        (script_id(place), SAMPLE_TENANT, code, name, name_en, position, {"steps": steps, "entry": entry}, at)
        for place, (code, name, name_en, position, steps, entry) in enumerate(SCRIPTS)
    ]
    await conn.executemany(
        "INSERT INTO scripts (id, tenant_id, code, name, name_en, position, draft, changed_at, published) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)",
        rows,
    )
    await conn.executemany(
        "INSERT INTO script_versions (tenant_id, script_id, version, body, published_at) VALUES ($1, $2, 1, $3, $4)",
        [(row[1], row[0], row[6], row[7]) for row in rows],
    )
