"""Hindi, Russian, Ukrainian and Greek as people type them in Latin letters: the model's only examples of such text.

People follow no single standard, so each text draws its own spelling of every letter that has several. Hindi loses the vowel a
where speakers drop it (Ohala's rule: between a vowel and a consonant before, and a consonant and a vowel behind; at the end).
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Final

_Spellings = Mapping[str, str]  # letter → its spellings, separated by "|"; "" is also a spelling


def _rows(text: str) -> dict[str, str]:
    return {letter: spellings for letter, _, spellings in (row.partition("=") for row in text.split())}


_RUSSIAN: Final = _rows(
    "а=a б=b в=v г=g д=d е=e|ye ё=yo|e ж=zh|j з=z и=i й=y|j|i к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=kh|h ц=ts|c "
    "ч=ch ш=sh щ=shch|sch|sh ъ= ы=y|i ь=|' э=e ю=yu|iu|ju я=ya|ia|ja"
)
_UKRAINIAN: Final = {**_RUSSIAN, **_rows("г=h|g ґ=g е=e є=ye|ie и=y і=i ї=yi|i й=y|i щ=shch х=kh ь= ю=yu|iu я=ya|ia")}
_GREEK: Final = _rows(
    "ου=ou αυ=av|af|au ευ=ev|ef|eu ει=ei|i οι=oi|i αι=ai|e γγ=ng|gg μπ=b|mp ντ=d|nt α=a β=v|b γ=g ε=e δ=d ζ=z η=i|h θ=th "
    "ι=i κ=k λ=l μ=m ν=n ξ=x|ks ο=o π=p ρ=r σ=s ς=s τ=t υ=y|i|u φ=f χ=ch|h|x ψ=ps ω=o|w"
)
_CONSONANTS: Final = _rows(
    "क=k ख=kh ग=g घ=gh ङ=n च=ch छ=chh|ch ज=j झ=jh ञ=n ट=t ठ=th ड=d ढ=dh ण=n त=t थ=th द=d ध=dh न=n प=p फ=ph|f ब=b भ=bh म=m "
    "य=y र=r ल=l ळ=l व=v|w श=sh ष=sh स=s ह=h क़=q|k ख़=kh ग़=g|gh ज़=z|j ड़=d|r ढ़=dh|rh फ़=f"
)
_VOWELS: Final = _rows(
    "अ=a आ=a|aa इ=i ई=i|ee उ=u ऊ=u|oo ऋ=ri ए=e ऐ=ai ओ=o औ=au ऑ=o ऍ=e ा=a|aa ि=i ी=i|ee ु=u ू=u|oo ृ=ri े=e ै=ai ो=o ौ=au|o ॉ=o ॅ=e"
)
_NASAL, _NUKTA, _VIRAMA, _VISARGA = "ंँ", "़", "्", "ः"
_USUAL: Final = _rows(
    "में=mein|me|main मैं=main|mai है=hai|he हैं=hain|hai यह=yeh|yah|ye वह=woh|vah|wo नहीं=nahi|nahin|nahee और=aur|or पर=par|pe "
    "हूँ=hoon|hun हूं=hoon|hun थी=thi था=tha थे=the क्या=kya क्यों=kyon|kyun बहुत=bahut|bohot|bahot लिए=liye|lie|liy कि=ki|ke"
)
_DEVANAGARI_WORD = re.compile(r"[\u0900-\u0963\u0971-\u097f]+")


def romanise(text: str, language: str, chance: random.Random) -> str:
    """A text of hi, ru, uk or el in lower-case Latin letters, in one way of many."""
    return _WAYS[language](text, chance)


def _letter_by_letter(spellings: _Spellings) -> Callable[[str, random.Random], str]:
    letters = re.compile("|".join(sorted(spellings, key=len, reverse=True)))

    def write(text: str, chance: random.Random) -> str:
        chosen = {letter: chance.choice(some.split("|")) for letter, some in spellings.items()}
        # Greek's accents are left out; й and ї are separate letters
        plain = text.lower()
        if "ου" in spellings:
            plain = "".join(each for each in unicodedata.normalize("NFD", plain) if not unicodedata.combining(each))
        return letters.sub(lambda found: chosen[found[0]], plain)

    return write


def _hindi(text: str, chance: random.Random) -> str:
    chosen = {letter: chance.choice(some.split("|")) for letter, some in {**_CONSONANTS, **_VOWELS, **_USUAL}.items()}
    chosen["silent a"] = chance.choice(("", "", "a"))
    return _DEVANAGARI_WORD.sub(lambda found: _hindi_word(found[0], chosen), text).replace("।", ".")


def _hindi_word(word: str, chosen: Mapping[str, str]) -> str:
    if word in _USUAL:
        return chosen[word]
    sounds = _without_silent_a(_sounds(unicodedata.normalize("NFC", word), chosen), chosen["silent a"])
    written = "".join(sounds)
    return written.removesuffix("a") if written.endswith("aa") else written


def _sounds(word: str, chosen: Mapping[str, str]) -> list[tuple[str, str]]:
    """(spelling, kind): "C" a consonant, "V" a written vowel, "a" the inherent vowel of every bare consonant."""
    sounds: list[tuple[str, str]] = []
    for index, letter in enumerate(word):
        after = word[index + 1 : index + 2]
        if letter in _CONSONANTS:
            sounds.append((chosen.get(letter + _NUKTA, chosen[letter]) if after == _NUKTA else chosen[letter], "C"))
            after = word[index + 2 : index + 3] if after == _NUKTA else after
            if after != _VIRAMA and (after not in _VOWELS or after in "अआइईउऊएऐओऔ"):
                sounds.append(("a", "a"))
        elif letter in _VOWELS:
            sounds.append((chosen[letter], "V"))
        elif letter in _NASAL:
            following = chosen.get(after, "")
            sounds.append(("m" if following[:1] in {"p", "b", "m"} else "n", "C"))
        elif letter == _VISARGA:
            sounds.append(("h", "C"))
    return sounds


def _without_silent_a(sounds: list[tuple[str, str]], silent: str) -> list[str]:
    """The spellings; within a word some people write the vowel that is not spoken (``silent``)."""
    kinds = "".join("C" if kind == "C" else "V" for _, kind in sounds)
    written = [sound for sound, _ in sounds]
    if len(sounds) > 2 and sounds[-1][1] == "a":
        written[-1] = ""
    for index in range(len(sounds) - 3, 1, -1):
        if sounds[index][1] == "a" and kinds[index - 2 : index + 3] == "VCVCV":
            written[index] = silent
    return written


_WAYS: Final[dict[str, Callable[[str, random.Random], str]]] = {
    "hi": _hindi,
    "ru": _letter_by_letter(_RUSSIAN),
    "uk": _letter_by_letter(_UKRAINIAN),
    "el": _letter_by_letter(_GREEK),
}
