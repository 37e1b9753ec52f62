"""Whom a tenant serves on the spot: those who live where it has a site."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

_ENDINGS = ("省", "自治区", "市", "区", "县", "旗", "州", "中心")
_REGION = re.compile("[省市区县旗州]")

_NAMES = """
北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州
云南 陕西 甘肃 青海 内蒙古 广西 西藏 宁夏 新疆 石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水 太原
大同 阳泉 长治 晋城 朔州 晋中 运城 忻州 临汾 吕梁 呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯 沈阳 大连 鞍山 抚顺 本溪
丹东 锦州 营口 阜新 辽阳 盘锦 铁岭 朝阳 葫芦岛 长春 四平 通化 哈尔滨 齐齐哈尔 大庆 佳木斯 牡丹江 南京 无锡 徐州
常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁 杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水 合肥
芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 六安 亳州 福州 厦门 莆田 三明 泉州 漳州 南平 龙岩 宁德
南昌 景德镇 萍乡 九江 新余 鹰潭 赣州 吉安 宜春 抚州 上饶 济南 青岛 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 威海 日照
临沂 德州 聊城 滨州 菏泽 郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口
驻马店 武汉 黄石 十堰 宜昌 襄阳 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德 张家界
益阳 郴州 永州 怀化 娄底 广州 韶关 深圳 珠海 汕头 佛山 江门 湛江 茂名 肇庆 惠州 梅州 汕尾 河源 阳江 清远 东莞
中山 潮州 揭阳 云浮 南宁 柳州 桂林 梧州 北海 玉林 海口 三亚 成都 自贡 攀枝花 泸州 德阳 绵阳 广元 遂宁 内江 乐山
南充 眉山 宜宾 广安 达州 雅安 巴中 贵阳 六盘水 遵义 安顺 昆明 曲靖 玉溪 昭通 丽江 拉萨 西安 铜川 宝鸡 咸阳 渭南
延安 汉中 榆林 兰州 嘉峪关 金昌 白银 天水 西宁 银川 石嘴山 乌鲁木齐 克拉玛依
"""
_KNOWN = frozenset(_NAMES.split())
"""Provinces and cities as they are called without 省 and 市, by which a site may be named."""


def is_local(card: Mapping[str, Any], sites: Collection[str]) -> bool:
    """Return whether a card's address, as far as it is shown, is where one of these sites is: 杭州中心 is in 杭州市.
    Everybody is local where nothing says otherwise: no site is named after a place (总部 is not), or it is not known
    where the customer lives."""
    places = {place for place in map(_place, sites) if place}
    address = str(card.get("address_masked") or "")
    if not places or _REGION.search(address) is None:
        return True
    return any(place in address for place in places)


def _place(site: str) -> str:
    """杭州 for 杭州中心, 余杭 for 余杭县; empty for what is no place."""
    stem, region = site.strip(), False
    while True:
        ending = next((each for each in _ENDINGS if stem.endswith(each) and len(stem) > len(each) + 1), None)
        if ending is None or stem in _KNOWN:
            return stem if region or stem in _KNOWN else ""
        stem, region = stem.removesuffix(ending), region or ending != "中心"
