"""Notices that a page's links pay its outlet: told by what it receives, a word for the pay, and one for links."""

from __future__ import annotations

from typing import Final

from streams import lazy_re as re
from streams.text.cleaning.prompt_signs import PromptSigns

_LONGEST = 220  # characters
_SMALL = "(?:(?:an?|us|some|small|little|modest|tiny|affiliate|referral|possible|potential) )"
# How an outlet receives, and its commission: with an article where the word also names a board of people.
_RECEIVED: Final = (
    ("erh[aä]lt|bekomm|verdien", r"\bprovision"),
    ("perc[eoç]|touch|recev|reçoi|gagn|rémunér", r"\b(?:une|des|petite) commission"),
    ("recib|gan|obten|perci", r"\b(?:una|pequeña) comisi[oó]n"),
    ("receb|ganh|obt", r"\b(?:uma comissão|pequena comissão|comissões)"),
    ("ricev|guadagn|percep|otten", r"\b(?:una commissione|piccola commissione|commissioni)"),
    ("ontvang|verdien|krijg", r"(?<!\bde )\bcommissie"),
    ("få|får|tjän|tjen|mott?a|erhåll", r"\b(?:provision|provisjon)"),
    ("saa|ansai", r"\b(?:palkkio|provisio|komissio)"),
    ("otrzym|zarab|zarob", r"\bprowizj"),
    ("získ|obdrž|dosta|dostá", r"\bproviz"),
    ("primi|câștig|obține", r"\bcomision"),
    ("получ|зараб", r"\bкомисси(?:ю|онн)"),
    ("отрим|зароб", r"\bкомісі(?:ю|йн)"),
    ("получ|печел", r"\bкомисиона?\b"),
    ("λάβ|λαμβ", r"\bπρομήθει"),
)
# Languages with the verb last, or with a word for nothing but such pay.
_PAID_BEFORE: Final = (
    rf"\b(?:we|i|may|might|could)\b.{{0,40}}?\b(?:earn|receive|get|make|collect|paid) {_SMALL}{{0,4}}commissions?\b",
    r"\bshare of (?:the|any) (?:sale|revenue)",
    r"\bprovision.{0,50}?\b(?:erhalt|bekomm|verdien)",
    r"(?<!\bde )\bcommissie.{0,50}?\b(?:ontvang|verdien|krijg)",
    r"\bjutalék.{0,50}?(?:kap|rész)",
    r"\bkomisyon.{0,20}\b(?:kazan|al[aıd])",
    "(?:手数料|報酬|収益).{0,15}(?:受け取|得|発生)",
    "(?:获得|獲得|賺取|赚取|收取|得到|获取|獲取|抽取).{0,8}佣金",
    "수수료.{0,10}(?:받|지급)",
    r"عمولة|עמלה|कमीशन|hoa hồng|\bkomisi\b",
)
_PAID: Final = re.compile("|".join((*(rf"\b(?:{verb}).{{0,50}}?{pay}" for verb, pay in _RECEIVED), *_PAID_BEFORE)))
_LINK: Final = re.compile(
    r"\b(?:links\b|(?:from|through|via|with|using) (?:a|the|this|our) (?:\w+ )?link\b|link (?:on|in|op|auf) |click"
    r"|i link\b|link[au]\b|linkk?[ei]|linków|liens\b|enlaces\b|länk|lenke|odkaz|ссыл|посилан|връзк|линк|legătur|bağlantı"
    r"|σύνδεσμ|συνδέσμ|tautan|liên kết)|リンク|連結|链接|連接|鏈接|鏈結|링크|رابط|روابط|קישור|लिंक|ลิงก์"
)
_OF_PARTNERS: Final = re.compile(
    r"\b(?:affiliat|affilié|afilia|afilja|партн[её]рск|partner[- ]?links?\b)|アフィリエイト|聯盟行銷|联盟营销|제휴"
)
# What such a notice begins with: the page itself. "The blog, he said, contains affiliate links" is news.
_THIS_PAGE: Final = re.compile(
    r"(?:(?:this|our) (?:article|page|post|story|piece|site|website|guide|review|list|newsletter)"
    r"|(?:some of )?(?:the|these|our) links|(?:dieser?|dieses|unser|auf dieser)(?! (?:affiliat|partner))"
    r"|cet|cette|certains|este|esta|estos|nuestr[oa]s?|alguns|quest[oa]|dit|deze|den här|det här|denna|denne|tämä|ten|w tym"
    r"|tento|tato|эта|этот|в этой|в этом|ця|цей|у цій"
    r"|bu)\b|本記事|当サイト|この記事|このページ|本文|本頁|本页|이 (?:기사|글|페이지|포스팅)"
)
_AS_PARTNER: Final = re.compile(
    r"(?:as an amazon associate|als amazon-partner|en tant que partenaire amazon|en calidad de afiliado de amazon"
    r"|som amazon-partner|como (?:afiliado|associado) (?:de |da )?amazon"
    r"|in qualità di affiliato amazon)\b|amazonのアソシエイトとして"
)
_QUOTED: Final = re.compile('["“”„«»「」『』]')


def is_affiliate_notice(folded: str, signs: PromptSigns) -> bool:
    """Whether a folded line tells its reader that the page's links are paid for: "We may earn commission from links here"."""
    if "paid-links" not in signs or len(folded) > _LONGEST or _QUOTED.search(folded):
        return False
    if _AS_PARTNER.match(folded):
        return True
    if _LINK.search(folded) is None:
        return False
    return _PAID.search(folded) is not None or (
        _THIS_PAGE.match(folded) is not None and _OF_PARTNERS.search(folded) is not None
    )
