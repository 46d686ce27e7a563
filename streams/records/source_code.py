"""Source code that was sent as plain text: told by how its lines begin and end, whatever the language."""

from __future__ import annotations

import re
from typing import Final

_BEGINNING = 16_384  # characters that are looked at
_FEWEST_LINES, _LEAST_CODE, _MOST_PROSE = 3, 0.5, 0.5  # lines with words; of these lines; of the characters
_A_SENTENCE = 8  # words
# Hardly ever in prose: a line that ends in a bracket or a semicolon, or begins as in a program. Only then are lines counted.
_SIGN: Final = re.compile(r"[;{}]\s*\n|^(?:import|from|def|class|package|func|fn|using|#include)\b", re.MULTILINE)
_CODE: Final = re.compile(
    r"""\s*(?:
        [{}()\[\]<>/]+[;,)]*                                        # brackets alone
        | [^\n]*[\w)\]'"`>*.:#-]\s*\{                               # what opens a block
        | [^\n]*[=()\[\]{}][^\n]*;                                  # a statement
        | [^\n{}]+\{[^\n{}]*\}                                       # a style's rule
        | (?:import|package|using|namespace|use|\#include)\s[\w.:*<>{},\s"'/@-]+;?
        | from\s[\w.]+\simport\s[^\n]*
        | (?:return|yield|break|continue|pass)\b[^\n.]*;?
        | (?:if|for|while|else|elif|try|except|finally|with|def|class|func|fn)\b[^\n]*[:({]
        | (?:const|let|var|val|final|static|public|private|export|function)\s[^\n]*[;,({=\[>]
        | [@.\#]?[\w-]+:\s[^\n;{}]+;                                # a style's property
        | [\w.$\[\]"']+\s(?:[-+*/|]?=|:=|<-|=>)\s[^\n]*             # an assignment
        | [\w.$]+\([^\n]*\)[;,]?                                    # a call
        | (?://|/\*|\*/|\#!)[^\n]*                                  # a comment
        | </?[\w.-]+[^\n<>]*/?>                                     # a tag
        | \}[^\n]*[;,({)\]>]
    )\s*""",
    re.VERBOSE,
)


def is_source_code(text: str) -> bool:
    """Whether a text is a program or a style sheet; prose that quotes some lines of one is not."""
    if _SIGN.search(text, 0, _BEGINNING) is None:
        return False
    lines = [line for line in text[:_BEGINNING].splitlines() if line.strip()]
    others = [line for line in lines if _CODE.fullmatch(line) is None]
    prose = sum(len(line) for line in others if len(line.split()) >= _A_SENTENCE)
    is_mostly_code = len(lines) - len(others) >= _LEAST_CODE * len(lines)
    return len(lines) >= _FEWEST_LINES and is_mostly_code and prose <= _MOST_PROSE * sum(map(len, lines))
