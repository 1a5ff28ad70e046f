"""Which forms do the keys of well-known services have?

Each holds some fixed letters, which are looked for first, so that a megabyte of text without any is looked through
in milliseconds. The formats are those that the issuers publish; tests/capture/key_corpus.py cites where. Upper and
lower case count. No quantifier backtracks far: what may fail late is bounded or possessive (`++`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

SHORTEST_RANDOM = 16  # letters and digits; of fewer nobody can say whether they were drawn or written
LONGEST_HEAD = 100  # characters of a key that stand before its fixed letters


def is_random(text: str) -> bool:
    """Were these letters and digits drawn, or are they words? `DistilBertForSequenceClassification` is words."""
    drawn = [c for c in text if c.isascii() and c.isalnum()]
    if len(drawn) < SHORTEST_RANDOM:
        return False
    lower, upper = sum(c.islower() for c in drawn), sum(c.isupper() for c in drawn)
    digits = len(drawn) - lower - upper
    if min(lower, upper) >= 0.22 * (lower + upper) > 0:
        return True
    changes = sum(a.isdigit() != b.isdigit() for a, b in pairwise(drawn))
    return lower + upper > 2 and digits >= 0.1 * len(drawn) and changes >= 0.2 * len(drawn)


def _is_no_word(text: str) -> bool:
    """Drawn, or twenty letters and digits in a row, as no word has them."""
    return is_random(text) or bool(re.search(r"[A-Za-z0-9]{20}", text))


def _is_of_three_kinds(text: str) -> bool:
    counts = (sum(map(is_one, text)) for is_one in (str.islower, str.isupper, str.isdigit))
    return min(counts) >= 2 and is_random(text)


def _has_digit(text: str) -> bool:
    return any(c.isdigit() for c in text)


@dataclass(frozen=True, slots=True)
class Shape:
    """`fixed` are the letters to look for, `rest` the pattern of what follows, `head` of what stands before them.
    `is_key` decides where other things look alike. With `keeps` the fixed letters are no secret."""

    fixed: str
    rest: re.Pattern[str]
    head: re.Pattern[str] | None = None
    is_key: Callable[[str], bool] | None = None
    keeps: bool = False

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where such keys stand in the text, as offsets."""
        at = text.find(self.fixed)
        while at >= 0:
            behind = at + len(self.fixed)
            span = self._span(text, at, behind)
            if span:
                yield span
            at = text.find(self.fixed, span[1] if span else behind)

    def _span(self, text: str, at: int, behind: int) -> tuple[int, int] | None:
        begin = at
        if self.head is not None:
            head = self.head.search(text[max(0, at - LONGEST_HEAD) : at])
            if head is None:
                return None
            begin = at - len(head[0])
        elif not self.keeps and not _begins_word(text, at):
            return None
        rest = self.rest.match(text, behind)
        if rest is None or (self.is_key and not self.is_key(text[behind : rest.end()])):
            return None
        return (behind if self.keeps else begin), rest.end()


_ESCAPE = re.compile(r"\\[nrtfv]\Z|%[0-9A-Fa-f]{2}\Z|\\u[0-9A-Fa-f]{4}\Z")


def _begins_word(text: str, at: int) -> bool:
    """Is there no letter or digit before, or one that belongs to `\\n`, `%3D` and their like?"""
    before = text[at - 1 : at]
    return not (before.isascii() and before.isalnum()) or bool(_ESCAPE.search(text[max(0, at - 6) : at]))


def _each(
    fixed: str, rest: str, is_key: Callable[[str], bool] | None = None, *, head: str | None = None, keeps: bool = False
) -> Iterator[Shape]:
    """One shape for each word of `fixed`."""
    before = re.compile(rf"(?<![A-Za-z0-9])(?:{head})\Z") if head else None
    yield from (Shape(word, re.compile(rest), before, is_key, keeps) for word in fixed.split())


_HEX, _ANY, _URL = "[0-9a-f]", "[A-Za-z0-9]", "[A-Za-z0-9_-]"
_END = "(?![A-Za-z0-9])"

_CODE = (
    *_each("ghp_ gho_ ghu_ ghs_ ghr_", f"{_ANY}{{36,}}+"),
    *_each("github_pat_", f"{_ANY}{{22}}_{_ANY}{{59}}"),
    *_each("glpat- gldt- glrt- glrtr- glcbt- glptt- glft- glimt- glagent- glwt- gloas- glsoat- glffct-",
           r"[A-Za-z0-9_.-]{20,}+", _is_no_word),
    *_each("GR1348941", f"{_URL}{{20,}}+"),
    *_each("ATBB", f"{_ANY}{{32}}{_END}", is_random),
    *_each("ATATT3 ATCTT3", r"[A-Za-z0-9_=-]{60,}+"),
    *_each("npm_", f"{_ANY}{{36}}{_END}"),
    *_each("pypi-AgE", f"{_URL}{{40,}}+"),
    *_each("rubygems_", f"{_HEX}{{48}}"),
    *_each("cio", f"{_ANY}{{32}}{_END}", is_random),
    *_each("oy2", f"[a-z0-9]{{43}}{_END}", is_random),
    *_each("dckr_pat_ dckr_oat_", f"{_URL}{{27,}}+"),
    *_each("AKCp", f"{_ANY}{{65,}}+"),
    *_each("sqp_ squ_ sqa_ bkua_ sbp_", f"{_HEX}{{40}}"),
    *_each("CCIPAT_", f"{_ANY}{{22}}_{_HEX}{{40}}"),
    *_each("AZDO", f"{_ANY}{{4}}{_END}", head=f"{_ANY}{{76}}"),
)  # fmt: skip
_MODELS = (
    *_each("sk-", f"{_URL}{{20,}}+", _is_no_word),
    *_each("sk_", f"{_HEX}{{48}}{_END}"),
    *_each("hf_ api_org_", f"{_ANY}{{30,}}+", is_random),
    *_each("gsk_ pplx- csk- xai-", f"{_ANY}{{40,}}+"),
    *_each("nvapi- tgp_v1_", f"{_URL}{{40,}}+"),
    *_each("r8_", f"{_ANY}{{37,}}+"),
    *_each("fw_", f"{_ANY}{{22,}}+", is_random),
    *_each("tvly-", f"{_URL}{{28,}}+", is_random),
    *_each("lsv2_pt_ lsv2_sk_", f"{_HEX}{{32}}_{_HEX}{{10}}"),
    *_each("ls__ KGAT_", f"{_HEX}{{32}}"),
    *_each("pcsk_", f"{_ANY}{{4,8}}_{_ANY}{{50,}}+"),
    *_each("pa-", f"{_URL}{{43}}(?!{_URL})", is_random),
    *_each("jina_", f"{_ANY}{{60}}"),
    *_each("wandb_v1_", r"\w{60,}+"),
    *_each("eyJhcGlfYWRkcmVzcyI6", r"[A-Za-z0-9+/_-]{20,}+={0,2}"),  # neptune.ai: JSON that begins with its address
)  # fmt: skip
_CLOUDS = (
    *_each("AKIA ASIA ABIA ACCA", f"[A-Z0-9]{{16}}{_END}"),
    *_each("ABSK", r"[A-Za-z0-9+/]{100,}+={0,2}"),
    *_each("AIza", f"{_URL}{{35}}"),
    *_each("ya29.", f"{_URL}{{20,}}+"),
    *_each("GOCSPX-", f"{_URL}{{28}}"),
    *_each("1//0", f"{_URL}{{40,}}+", is_random),
    *_each("AccountKey= SharedAccessKey= sig=", r"[A-Za-z0-9%+/_-]{40,}+={0,2}", is_random, keeps=True),
    *_each("Q~", r"[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9_~.-])", is_random, head=r"[A-Za-z0-9_~.]{3}\d"),
    *_each("LTAI", f"{_ANY}{{17,26}}{_END}", is_random),
    *_each("AKID", f"{_ANY}{{32}}{_END}", is_random),
    *_each("dop_v1_ doo_v1_ dor_v1_ sntryu_", f"{_HEX}{{64}}"),
    *_each("dapi", rf"{_HEX}{{32}}(?:-\d)?{_END}"),
    *_each("hvs. hvb. hvr.", f"{_URL}{{24,}}+", is_random),
    *_each(".atlasv1.", f"{_URL}{{60,}}+", head=f"{_ANY}{{14}}"),
    *_each("pul-", f"{_HEX}{{40}}"),
    *_each("dp.pt. dp.ct. dp.sa. dp.st. dp.scim. dp.audit.", rf"(?:[a-z0-9_-]{{2,35}}\.)?{_ANY}{{40,44}}"),
    *_each("HRKU-", f"{_URL}{{30,}}+"),
    *_each("fo1_", f"{_URL}{{43}}"),
    *_each("fm2_", r"[A-Za-z0-9+/]{60,}+={0,3}"),
    *_each("nfp_ pnu_ pnb_", f"{_ANY}{{36}}"),
    *_each("sb_secret_", f"{_URL}{{20,}}+", is_random),
    *_each("pscale_tkn_ pscale_pw_ pscale_oauth_", r"[A-Za-z0-9_=.-]{32,}+"),
    *_each("tskey-", f"[a-z]{{3,10}}-{_ANY}{{8,32}}-{_ANY}{{20,}}+"),
    *_each("dt0c01.", r"[A-Z2-7]{24}\.[A-Z2-7]{64}"),
    *_each("glsa_ glc_", r"[A-Za-z0-9+/_]{32,}+={0,2}", is_random),
    *_each("NRAK- NRII- NRJS-", f"{_ANY}{{19,}}+"),
    *_each("sntrys_", r"[A-Za-z0-9+/=_-]{40,}+"),
)  # fmt: skip
_OTHERS = (
    *_each("sk_live_ sk_test_ rk_live_ rk_test_ sk_org_live_ sk_org_test_ shippo_live_ shippo_test_",
           f"{_ANY}{{16,}}+"),
    *_each("whsec_", r"[A-Za-z0-9+/]{24,}+={0,2}", is_random),
    *_each("sq0atp- sq0csp-", f"{_URL}{{22,}}+"),
    *_each("access_token$production$", rf"[a-z0-9]{{16}}\${_HEX}{{32}}"),
    *_each("shpat_ shpca_ shppa_ shpss_", f"[0-9a-fA-F]{{32}}{_END}"),
    *_each("SG.", rf"{_URL}{{20,24}}\.{_URL}{{39,50}}"),
    *_each("key- SK", f"{_HEX}{{32}}{_END}"),
    *_each("-us", r"\d{1,2}(?![\w-])", head=f"{_HEX}{{32}}"),
    *_each("xkeysib-", f"{_HEX}{{64}}-{_ANY}{{16}}"),
    *_each("xoxb- xoxp- xoxa- xoxr- xoxs- xoxc- xoxd- xoxo- xoxe- xoxe.xoxp- xoxe.xoxb-", r"[A-Za-z0-9%-]{10,}+",
           _has_digit),
    *_each("xapp-", r"\d-[A-Z0-9]{8,14}-\d{8,16}-[0-9a-f]{32,}+"),
    *_each("hooks.slack.com/services/ hooks.slack.com/workflows/ hooks.slack.com/triggers/",
           f"{_ANY}{{6,20}}(?:/{_ANY}{{6,64}}){{1,3}}", keeps=True),
    *_each("discord.com/api/webhooks/ discordapp.com/api/webhooks/", rf"\d{{15,22}}/{_URL}{{50,}}+", keeps=True),
    *_each("webhook.office.com/webhookb2/", r"[\w@/-]{60,}+", keeps=True),
    *_each("hooks.zapier.com/hooks/catch/", r"\d{3,12}/[a-z0-9]{5,20}", keeps=True),
    *_each(":AA", f"{_URL}{{33}}(?!{_URL})", head=r"\d{8,10}"),  # Telegram
    *_each("PMAK-", f"{_HEX}{{24}}-{_HEX}{{34}}"),
    *_each("lin_api_ ntn_", f"{_ANY}{{40,}}+"),
    *_each("secret_", f"{_ANY}{{43}}{_END}", is_random),
    *_each("figd_", f"{_URL}{{40,}}+"),
    *_each("pat", rf"{_ANY}{{14}}\.{_HEX}{{64}}"),
    *_each("pat-na1- pat-eu1- pat-ap1-", r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"),
    *_each("CFPAT-", f"{_URL}{{43}}"),
    *_each("tfp_", f"{_URL}{{40,}}+", is_random),
    *_each("aio_", f"{_ANY}{{28}}{_END}", is_random),
    *_each("sl.", r"(?:u\.)?[A-Za-z0-9_-]{100,}+"),
    *_each("ops_eyJ", f"{_URL}{{60,}}+"),
    *_each("AGE-SECRET-KEY-1", "[A-Z0-9]{58}"),
)  # fmt: skip
SHAPES = (*_CODE, *_MODELS, *_CLOUDS, *_OTHERS)

# What has neither fixed letters alone: JSON web tokens, Discord's bots (a number in base64 comes first), and the second
# half of a key of AWS, forty letters, digits and signs that stand alone.
_JWT = re.compile(r"(?<![\w.-])eyJ[\w-]{10,}+\.[\w-]{10,}+\.[\w-]*+(?:\.[\w-]++){0,2}")
_JWT_AFTER_ESCAPE = re.compile(r"(?:(?<=\\n)|(?<=%20)|(?<=%3D))eyJ[\w-]{10,}+\.[\w-]{10,}+\.[\w-]*+")
_BOT = re.compile(r"(?<![\w.-])[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,38}(?![\w.-])")
_AWS_SECRET = re.compile(r"(?:\A|(?<=[=\"'(]))[A-Za-z0-9/+]{40}(?=[\"')]|\Z)")
_HEADER = re.compile(
    r"(?i:\bbearer[ \t]{1,3}|\bauthorization[\"']?[ \t]{0,3}[:=][ \t]{0,3}[\"']?(?:basic|token|apikey)[ \t]{1,3})"
    r"(?P<key>[A-Za-z0-9._~+/-]{16,}+=*)"
)
LONGEST_WORD = 5000  # characters; what has more is data
SHORTEST = 15  # characters that every key has without a blank in it


def key_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where keys of these forms stand, in any order; they may overlap."""
    at = 0
    for word in text.split():
        if len(word) >= SHORTEST and (_has_digit(word) or not word.islower()):
            at = text.index(word, at)
            yield from ((at + begin, at + end) for begin, end in _in_word(word))
            at += len(word)
    lowered = text.lower()
    if "bearer" in lowered or "authorization" in lowered:
        yield from (match.span("key") for match in _HEADER.finditer(text) if _is_no_word(match["key"]))


def _in_word(word: str) -> Iterator[tuple[int, int]]:
    for shape in SHAPES:
        if shape.fixed in word:
            yield from shape.spans(word)
    if "eyJ" in word:
        yield from (match.span() for pattern in (_JWT, _JWT_AFTER_ESCAPE) for match in pattern.finditer(word))
    if word.count(".") >= 2:
        yield from (match.span() for match in _BOT.finditer(word) if is_random(match[0]))
    if 40 <= len(word) < LONGEST_WORD:
        yield from (match.span() for match in _AWS_SECRET.finditer(word) if _is_of_three_kinds(match[0]))
