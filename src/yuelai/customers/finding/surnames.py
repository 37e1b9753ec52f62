"""Surnames that are read otherwise than the same characters elsewhere.

Source: 现代汉语词典 (7th edition), entries marked 姓. Where people differ (朴, 乐, 覃, 尉) both readings are given.
"""

from __future__ import annotations

READINGS: dict[str, tuple[str, ...]] = {
    "单": ("shan",), "曾": ("zeng",), "仇": ("qiu",), "解": ("xie",), "翟": ("zhai", "di"), "朴": ("piao", "pu"),
    "乐": ("yue", "le"), "覃": ("qin", "tan"), "任": ("ren",), "区": ("ou",), "查": ("zha",), "盖": ("ge", "gai"),
    "缪": ("miao",), "员": ("yun",), "贠": ("yun",), "华": ("hua",), "燕": ("yan",), "那": ("na",), "宁": ("ning",),
    "葛": ("ge",), "薄": ("bo",), "卜": ("bu",), "晁": ("chao",), "种": ("chong",), "折": ("she",), "繁": ("po",),
    "冼": ("xian",), "洗": ("xian",), "召": ("shao",), "黑": ("he",), "盛": ("sheng",), "郇": ("xun", "huan"),
    "贾": ("jia",), "夏": ("xia",), "石": ("shi",), "沈": ("shen",), "柏": ("bai",), "臧": ("zang",), "祭": ("zhai",),
    "车": ("che",), "曲": ("qu",), "谌": ("chen", "shen"), "阚": ("kan",), "隗": ("wei", "kui"), "逄": ("pang",),
    "秘": ("bi",), "尉": ("wei", "yu"), "宓": ("mi", "fu"), "能": ("nai",), "撒": ("sa",), "不": ("fou",),
    "应": ("ying",), "纪": ("ji",), "句": ("gou",), "都": ("du",), "俞": ("yu",), "相": ("xiang",), "干": ("gan",),
    "适": ("kuo",), "牟": ("mou", "mu"), "过": ("guo",), "长": ("chang",), "重": ("chong",), "万": ("wan",),
    "尹": ("yin",), "仉": ("zhang",), "洪": ("hong",), "褚": ("chu",), "庞": ("pang",), "瞿": ("qu",), "令": ("ling",),
    "尉迟": ("yu chi", "wei chi"), "万俟": ("mo qi",), "长孙": ("zhang sun",), "单于": ("chan yu", "shan yu"),
    "澹台": ("tan tai",), "皇甫": ("huang fu",), "令狐": ("ling hu",), "鲜于": ("xian yu",), "宰父": ("zai fu",),
    "亓官": ("qi guan",), "乐正": ("yue zheng",), "夏侯": ("xia hou",), "尉缭": ("wei liao",),
}  # fmt: skip
"""A surname of one or two characters: its readings without tones, syllables apart, the usual one first."""
