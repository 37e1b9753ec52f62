"""Kinds of business as the sample has them: what an operator of telephones and broadband is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from yuelai.businesses import fields as f
from yuelai.businesses.fields import Choices, Schema


@dataclass(frozen=True)
class Kind:
    """`letter` opens it from the menu."""

    code: str
    name: str
    name_en: str
    letter: str
    icon: str
    form: Schema


_REACH: Mapping[str, Schema] = MappingProxyType(
    {
        "contact": f.text("联系人", "Contact person", prefill="customer.name"),
        "phone": f.phone("联系电话", "Contact number", prefill="customer.phone"),
    }
)
_SLOTS: Choices = {"am": ("上午", "Morning"), "pm": ("下午", "Afternoon"), "evening": ("晚间", "Evening")}
_MONTHS: Choices = {"this": ("本月", "This month"), "last": ("上月", "Last month"), "earlier": ("更早", "Earlier")}
_PLANS: Choices = {
    "smooth59": ("5G 畅享 59", "5G Smooth 59"),
    "smooth99": ("5G 畅享 99", "5G Smooth 99"),
    "family199": ("全家福 199", "Family 199"),
    "senior19": ("银龄 19", "Senior 19"),
}

_BILL_DISPUTE = f.form(
    {
        "account": f.text("账户", "Account", prefill="account.no", longest=40),
        "month": f.choice("账期", "Billing month", _MONTHS),
        "items": f.several(
            "争议项目", "Disputed items",
            {"plan": ("套餐费", "Plan"), "data": ("流量费", "Data"), "calls": ("通话费", "Calls"),
             "value_added": ("增值业务费", "Value-added"), "roaming": ("漫游费", "Roaming")},
        ),
        "amount": f.money("争议金额", "Disputed amount", most=20_000),
        "wish": f.choice(
            "客户诉求", "What the customer wants",
            {"explain": ("解释", "Explanation"), "refund": ("退费", "Refund"), "reduce": ("减免", "Reduction")},
        ),
        "refund_to": f.choice(
            "退费方式", "Refund to",
            {"balance": ("退至话费余额", "Balance"), "original": ("原路退回", "As it was paid")},
        ),
        "reason": f.lines("情况说明", "What happened"),
        **_REACH,
        "sms": f.tick("结果短信通知客户", "Tell the customer the result by SMS"),
    },
    required=("month", "items", "amount", "wish", "phone"),
    conditions=(f.when("wish", ("refund",), ask=("refund_to",)),),
)  # fmt: skip

_MOVE = f.form(
    {
        "account": f.text("宽带账号", "Broadband account", prefill="account.no", longest=40),
        "from_address": f.address("原地址", "Old address", prefill="customer.address"),
        "to_address": f.address("新地址", "New address"),
        "date": f.date("预约日期", "Date", earliest=1),
        "slot": f.choice("时段", "Time of day", _SLOTS),
        "coverage": f.tick("已确认新址有资源", "Resources at the new address confirmed", must=True),
        **_REACH,
        "remark": f.lines("备注", "Remark"),
    },
    required=("from_address", "to_address", "date", "slot", "coverage", "contact", "phone"),
)

_FAULT = f.form(
    {
        "service": f.choice(
            "故障业务", "Service",
            {"broadband": ("宽带", "Broadband"), "mobile": ("手机", "Mobile"), "tv": ("电视", "TV"),
             "fixed": ("固话", "Fixed line")},
        ),
        "symptom": f.choice(
            "现象", "Symptom",
            {"down": ("完全不通", "Down"), "slow": ("慢", "Slow"), "unstable": ("时断时续", "Unstable"),
             "noise": ("杂音", "Noise"), "other": ("其他", "Other")},
        ),
        "symptom_text": f.text("现象描述", "Describe it"),
        "light": f.choice(
            "光猫 LOS 灯", "LOS light of the modem",
            {"off": ("不亮", "Off"), "red": ("红灯", "Red"), "unknown": ("不清楚", "Not known")},
        ),
        "since": f.date("开始日期", "Since"),
        "address": f.address("故障地址", "Address", prefill="customer.address"),
        "visit": f.tick("需要上门", "A visit is needed"),
        "visit_date": f.date("上门日期", "Date of the visit", earliest=0),
        "visit_slot": f.choice("上门时段", "Time of the visit", _SLOTS),
        **_REACH,
    },
    required=("service", "symptom", "phone"),
    conditions=(
        f.when("symptom", ("other",), ask=("symptom_text",)),
        f.when("service", ("broadband", "tv"), ask=("address",), offer=("light",)),
        f.when("visit", (True,), ask=("visit_date", "visit_slot")),
    ),
)  # fmt: skip

_PLAN = f.form(
    {
        "number": f.phone("业务号码", "Number", prefill="customer.phone"),
        "plan": f.choice("新套餐", "New plan", _PLANS),
        "from": f.choice("生效", "From", {"now": ("立即", "Now"), "next": ("次月", "Next month")}),
        "contract": f.tick("签约 12 个月", "Contract of 12 months"),
        "read_out": f.tick("已宣读资费与违约条款", "Prices and terms read out", must=True),
        "remark": f.lines("备注", "Remark"),
    },
    required=("number", "plan", "from", "read_out"),
)

_COMPLAINT = f.form(
    {
        "about": f.choice(
            "投诉对象", "About",
            {"staff": ("服务人员", "Staff"), "network": ("网络质量", "Network"), "fees": ("资费", "Prices"),
             "sales": ("营销骚扰", "Sales calls"), "other": ("其他", "Other")},
        ),
        "staff": f.text("涉及人员或网点", "Who or which shop"),
        "date": f.date("发生日期", "Date"),
        "what": f.lines("投诉内容", "What happened"),
        "wish": f.text("客户诉求", "What the customer wants"),
        "urgent": f.tick("加急", "Urgent"),
        "urgent_why": f.text("加急原因", "Why urgent"),
        **_REACH,
    },
    required=("about", "what", "phone"),
    conditions=(
        f.when("about", ("staff",), ask=("staff",)),
        f.when("urgent", (True,), ask=("urgent_why",)),
    ),
)  # fmt: skip

_INQUIRY = f.form(
    {
        "topic": f.choice(
            "咨询类别", "Topic",
            {"price": ("资费", "Prices"), "coverage": ("覆盖", "Coverage"), "offer": ("优惠活动", "Offers"),
             "device": ("终端", "Devices"), "other": ("其他", "Other")},
        ),
        "question": f.lines("问题", "Question"),
        "answered": f.tick("已当场答复", "Answered at once"),
        "answer_by": f.date("答复期限", "Answer by", earliest=0),
        **_REACH,
    },
    required=("topic", "question"),
)  # fmt: skip

_INSTALL = f.form(
    {
        "product": f.choice(
            "产品", "Product",
            {"b300": ("宽带 300M", "Broadband 300M"), "b1000": ("宽带 1000M", "Broadband 1000M"),
             "tv": ("电视", "TV"), "fixed": ("固话", "Fixed line")},
        ),
        "address": f.address("装机地址", "Address", prefill="customer.address"),
        "date": f.date("预约日期", "Date", earliest=1),
        "slot": f.choice("时段", "Time of day", _SLOTS),
        "router": f.tick("需要路由器", "A router is wanted"),
        **_REACH,
        "remark": f.lines("备注", "Remark"),
    },
    required=("product", "address", "date", "slot", "contact", "phone"),
)  # fmt: skip

_SUSPEND = f.form(
    {
        "number": f.phone("业务号码", "Number", prefill="customer.phone"),
        "action": f.choice(
            "办理", "Action",
            {"suspend": ("停机保号", "Suspend"), "lost": ("挂失停机", "Suspend as lost"), "resume": ("复机", "Resume")},
        ),
        "from": f.date("停机日期", "From", earliest=0),
        "until": f.date("预计复机日期", "Until about", earliest=1),
        "verified": f.tick("已核实身份", "Identity verified", must=True),
        "remark": f.lines("备注", "Remark"),
    },
    required=("number", "action", "verified"),
    conditions=(f.when("action", ("suspend",), ask=("from",), offer=("until",)),),
)  # fmt: skip

_INVOICE = f.form(
    {
        "account": f.text("账户", "Account", prefill="account.no", longest=40),
        "month": f.choice("账期", "Billing month", _MONTHS),
        "amount": f.money("金额", "Amount"),
        "kind": f.choice("抬头类型", "Made out to", {"person": ("个人", "A person"), "company": ("单位", "A company")}),
        "title": f.text("抬头", "Name on the invoice", prefill="customer.name"),
        "tax_no": f.text("纳税人识别号", "Tax number", longest=20),
        "by": f.choice("送达", "Delivery", {"sms": ("短信链接", "Link by SMS"), "mail": ("邮箱", "E-mail")}),
        "mail": f.text("邮箱", "E-mail address", longest=100, pattern=r"^\S+@\S+\.\S+$"),
    },
    required=("month", "amount", "kind", "title", "by"),
    conditions=(
        f.when("kind", ("company",), ask=("tax_no",)),
        f.when("by", ("mail",), ask=("mail",)),
    ),
)

_ADDRESS = f.form(
    {
        "which": f.choice(
            "地址类型", "Which address",
            {"home": ("住址", "Home"), "billing": ("账单地址", "Billing"), "delivery": ("寄送地址", "Delivery")},
        ),
        "old": f.address("原地址", "Old address", prefill="customer.address"),
        "new": f.address("新地址", "New address"),
        "from": f.date("生效日期", "From", earliest=0),
        "verified": f.tick("已核实身份", "Identity verified", must=True),
    },
    required=("which", "new", "verified"),
)  # fmt: skip

_CARD = f.form(
    {
        "number": f.phone("补卡号码", "Number of the card", prefill="customer.phone"),
        "reason": f.choice(
            "原因", "Reason",
            {"lost": ("丢失", "Lost"), "broken": ("损坏", "Broken"), "size": ("换卡型", "Other size"),
             "esim": ("换 eSIM", "To eSIM")},
        ),
        "how": f.choice("领取", "Handed over", {"shop": ("营业厅自取", "At the shop"), "post": ("邮寄", "By post")}),
        "address": f.address("邮寄地址", "Address", prefill="customer.address"),
        "receiver": f.text("收件人", "To", prefill="customer.name"),
        "verified": f.tick("已核实身份", "Identity verified", must=True),
    },
    required=("number", "reason", "how", "verified"),
    conditions=(f.when("how", ("post",), ask=("address", "receiver")),),
)  # fmt: skip

_CANCEL = f.form(
    {
        "service": f.choice(
            "增值业务", "Service",
            {"ring": ("彩铃", "Ring-back tone"), "video": ("视频会员", "Video"), "data": ("流量包", "Data pack"),
             "other": ("其他", "Other")},
        ),
        "service_text": f.text("业务名称", "Name of the service"),
        "number": f.phone("业务号码", "Number", prefill="customer.phone"),
        "refund": f.money("应退金额", "To be refunded", most=5_000),
        "reason": f.text("退订原因", "Reason"),
    },
    required=("service", "number"),
    conditions=(f.when("service", ("other",), ask=("service_text",)),),
)  # fmt: skip

KINDS: tuple[Kind, ...] = (
    Kind("bill_dispute", "账单争议", "Bill dispute", "b", "receipt", _BILL_DISPUTE),
    Kind("broadband_move", "宽带移机", "Broadband move", "m", "home", _MOVE),
    Kind("fault", "故障申告", "Fault report", "f", "triangle", _FAULT),
    Kind("plan_change", "套餐变更", "Plan change", "p", "refresh", _PLAN),
    Kind("complaint", "投诉", "Complaint", "c", "message", _COMPLAINT),
    Kind("inquiry", "咨询", "Inquiry", "q", "info", _INQUIRY),
    Kind("install", "新装", "New installation", "n", "plus", _INSTALL),
    Kind("suspend", "停复机", "Suspend or resume", "s", "pause", _SUSPEND),
    Kind("invoice", "发票", "Invoice", "i", "audit", _INVOICE),
    Kind("address", "地址变更", "Change of address", "a", "building", _ADDRESS),
    Kind("card", "补卡", "Replacement card", "k", "box", _CARD),
    Kind("cancel_extra", "增值退订", "Cancel an extra", "x", "minusCircle", _CANCEL),
)
