"""What a column can be, and what its header probably means."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from yuelai.customers.imports.errors import BadMapping
from yuelai.customers.names import fold

SINGLE = ("no", "name", "kind", "gender", "birth_year", "class", "id_number", "since", "manager")
SEVERAL = ("phone", "email", "wechat", "account", "tags", "warnings")
ADDRESSES = ("address.home", "address.work", "address.install", "address.bill")
CUSTOM = "custom."
KEY_FIELD = {"phone": "phone", "no": "no", "account": "account", "id_number": "id_number"}

_HEADERS: Mapping[str, str] = {
    "no": "客户编号 客户号 会员号 会员编号 编号 customerno customernumber customerid",
    "name": "姓名 名字 名称 客户名称 客户姓名 客户名 联系人 公司名称 单位名称 企业名称 "
    "name fullname customer customername company companyname contact",
    "kind": "客户类型 类型 个人或企业 customertype type kind",
    "gender": "性别 称谓 gender sex title",
    "birth_year": "出生年份 出生年 出生日期 生日 出生年月 birth birthyear birthday dateofbirth dob yearofbirth",
    "class": "客户级别 客户等级 会员等级 级别 等级 class level grade tier customerclass",
    "phone": "电话 电话号码 手机 手机号 手机号码 联系电话 移动电话 固定电话 固话 座机 家庭电话 办公电话 备用电话 "
    "其他电话 phone phonenumber mobile mobilephone mobilenumber cell cellphone tel telephone homephone workphone",
    "email": "邮箱 电子邮箱 电子邮件 邮件 邮箱地址 email mail emailaddress",
    "wechat": "微信 微信号 wechat weixin wechatid",
    "id_number": "身份证 身份证号 身份证号码 证件号 证件号码 idnumber idno idcard identitynumber nationalid",
    "account": "账号 帐号 户号 账户 账户号 用户号 缴费号 合同号 account accountno accountnumber contractno",
    "address.home": "地址 住址 家庭地址 家庭住址 联系地址 通讯地址 详细地址 address homeaddress street",
    "address.work": "单位地址 公司地址 办公地址 workaddress officeaddress companyaddress",
    "address.install": "装机地址 安装地址 用户地址 用电地址 用水地址 用气地址 "
    "installaddress installationaddress serviceaddress",
    "address.bill": "账单地址 寄送地址 billaddress billingaddress",
    "tags": "标签 客户标签 tag tags label labels",
    "since": "开户日期 开户时间 入网日期 入网时间 注册日期 注册时间 入会日期 创建日期 "
    "since customersince joined joindate openedon",
    "manager": "客户经理 客户经理工号 经理工号 专属经理 manager accountmanager managerno managernumber",
    "warnings": "提醒 注意事项 警示 warning warnings",
}
_MEANING = {header: field for field, headers in _HEADERS.items() for header in headers.split()}
# `电话2`, `手机号码（备用）`, `Phone 1`, `电话 (2)`
_TAIL = re.compile(r"(?:[(（\[【][^)）\]】]*[)）\]】]|[\d#*:：一二三四五])+$")


def suggest(columns: Sequence[str], custom: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return `{column: field}` for headers whose meaning is plain; `custom` is the names of each custom field."""
    own = {_plain(name): f"{CUSTOM}{code}" for code, names in custom.items() for name in (code, *names)}
    found: dict[str, str] = {}
    for column in columns:
        plain = _plain(column)
        field = own.get(plain) or _MEANING.get(plain) or _MEANING.get(_TAIL.sub("", plain))
        if field is not None and (field in SEVERAL or field not in found.values()):
            found[column] = field
    return found


def headers(cells: Sequence[str]) -> list[str]:
    """Return the header cells made unique and speakable: an empty one is `#3`, a repeated one `电话 (2)`."""
    seen: Counter[str] = Counter()
    found: list[str] = []
    for number, cell in enumerate(cells, 1):
        name = " ".join(cell.replace("\ufeff", "").split())[:200] or f"#{number}"
        seen[name] += 1
        while (unique := name if seen[name] == 1 else f"{name} ({seen[name]})") in found:
            seen[name] += 1
        found.append(unique)
    return found


def check_mapping(
    columns: Sequence[str], mapping: Mapping[str, str], custom: Sequence[str], key: str | None
) -> dict[str, str]:
    """Return the mapping without the columns that are ignored.

    Raises `BadMapping`: a column or field that there is not, a field of one value twice, no column for the key.
    """
    wanted = {column: field for column, field in mapping.items() if field}
    known = {*SINGLE, *SEVERAL, *ADDRESSES, *(f"{CUSTOM}{code}" for code in custom)}
    strange = [column for column, field in wanted.items() if column not in columns or field not in known]
    if strange:
        raise BadMapping(f"Unknown columns or fields: {', '.join(strange)}.", columns=strange)
    uses = Counter(wanted.values())
    twice = [column for column, field in wanted.items() if uses[field] > 1 and field not in SEVERAL]
    if twice:
        raise BadMapping(f"Several columns for one field: {', '.join(twice)}.", columns=twice)
    if not wanted:
        raise BadMapping("No column is mapped to anything.", columns=[])
    if key in KEY_FIELD and KEY_FIELD[key] not in uses:
        raise BadMapping(f"The key is {key}, but no column is mapped to it.", columns=[])
    if key == "none" and "name" not in uses:
        raise BadMapping("Without a key every row is a new customer, who needs a name.", columns=[])
    return wanted


def _plain(header: str) -> str:
    return re.sub(r"[\s_\-./]+", "", fold(header)).rstrip("*:：")
