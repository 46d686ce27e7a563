"""What a site serves where no page is: told by its title alone, beside hardly any text."""

from __future__ import annotations

from typing import Final

from streams import lazy_re as re
from streams.records.draft import Reason, Rejection
from streams.records.judging.prose import weight_of

_MOST_TEXT = 700  # weight of an error page's text; an article on such pages has more
_LONGEST_TITLE = 120  # characters
_PARTS: Final = re.compile(r"\s*[|·•:]\s*|\s[–—-]\s")  # the title's own, and the outlet's
_MOST_PARTS = 2
_SERVERS: Final = (
    "not found|error|gone|internal server error|bad gateway|service (?:temporarily )?unavailable|gateway time-?out"
    "|page not found|file not found"
)
_TITLE: Final = re.compile(
    r"(?:(?:http|error|erreur|fehler|errore|ошибка|hata|błąd|fout|chyba)(?: code)? )?"
    rf"(?:404|(?:404|410|500|502|503|504),? (?:{_SERVERS}))"
    r"|(?:oops[!,.]? ?)?(?:sorry[!,.]? )?(?:(?:the|this|that|your) )?(?:requested )?page "
    r"(?:(?:was |is |could |can )?not (?:be )?found|can'?t be found|cannot be found|does(?: not|n't) exist|not available)"
    r"|internal server error|bad gateway|service (?:temporarily )?unavailable|gateway time-?out"
    r"|page (?:introuvable|non trouvée)|cette page n'existe pas|seite (?:wurde )?nicht gefunden|página no encontrada"
    r"|página não encontrada|pagina non trovata|pagina niet gevonden|sidan (?:kunde inte hittas|hittades inte|finns inte)"
    r"|siden (?:ble |blev )?ikke (?:funnet|fundet)|sivua ei löydy|sivua ei löytynyt|nie znaleziono strony"
    r"|strona nie została znaleziona|stránka (?:nebyla )?nenalezena|stránka nebyla nalezena|stránka sa nenašla"
    r"|az oldal nem található|pagina nu a fost găsită|страница не найдена|сторінку не знайдено|страницата не е намерена"
    r"|stranica nije pronađena|η σελίδα δεν βρέθηκε|sayfa bulunamadı|الصفحة غير موجودة|صفحه (?:مورد نظر )?یافت نشد"
    r"|הדף לא נמצא|पेज नहीं मिला|页面不存在|找不到页面|页面未找到|頁面不存在|找不到頁面"
    r"|(?:お探しの)?ページ[がは]見つかりません(?:でした)?|페이지를 찾을 수 없습니다|halaman tidak ditemukan"
    r"|không tìm thấy trang"
)
_MESSAGE: Final = "an error page of the site: publish what stands at the address when it is found"


def judge_error_page(headline: str | None, text: str) -> Rejection | None:
    """NOT_AN_ARTICLE for what a site serves in place of a page; None where the text is longer than such a notice."""
    title = (headline or text.strip().partition("\n")[0]).strip()
    if len(title) > _LONGEST_TITLE or len(text) > _MOST_TEXT or weight_of(text) > _MOST_TEXT:
        return None
    parts = _PARTS.split(title.lower().replace("’", "'"))[:_MOST_PARTS]
    said = any(_TITLE.fullmatch(part.strip(" .!?…。！")) for part in parts)
    return Rejection(Reason.NOT_AN_ARTICLE, _MESSAGE) if said else None
