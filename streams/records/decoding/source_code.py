"""Source code that was sent as plain text: told by how its lines begin and end, whatever the language."""

from __future__ import annotations

from typing import Final

from streams import lazy_re as re
from streams.text.cleaning.page_code import blank_code
from streams.text.cleaning.unfolding import with_newlines

_BEGINNING = 16_384  # characters that are looked at
_FEWEST_LINES, _LEAST_CODE, _MOST_PROSE = 3, 0.5, 0.5  # lines with words; of these lines; of the characters
_A_SENTENCE = 8  # spaces
_LEAST_ARTICLE = 600  # characters of sentences beside a page's scripts
_COMMENTS = "#/*-;\"'"
_LONGEST = 200  # characters of a line of code: the pattern takes the square of them
# Hardly ever in prose: a line that ends in a bracket or a semicolon, or begins as in a program. Only then are lines counted.
_SIGNS: Final = (
    ";\n",
    "{\n",
    "}\n",
    ";\r\n",
    "{\r\n",
    "}\r\n",
    "import ",
    "\ndef ",
    "\nclass ",
    "\nfunc ",
    "\nfn ",
    "#include",
)
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
    beginning = text[:_BEGINNING]
    if not any(sign[0] in beginning and sign in beginning for sign in _SIGNS):  # one character is found ten times as fast
        return False
    lines = [line for line in beginning.splitlines() if line.strip()]
    most = _MOST_PROSE * sum(map(len, lines))
    if len(lines) < _FEWEST_LINES or sum(len(line) for line in lines if _is_sentence(line)) > most:  # true for most articles
        return False
    others = [line for line in lines if len(line) > _LONGEST or _CODE.fullmatch(line) is None]
    prose = sum(len(line) for line in others if line.count(" ") >= _A_SENTENCE)
    return len(lines) - len(others) >= _LEAST_CODE * len(lines) and prose <= most and not _holds_article(text)


def _holds_article(text: str) -> bool:
    """Whether it is a page whose scripts a flattener took for text: cleaning takes them out, and an article is left."""
    rest, scripts = blank_code(with_newlines(text))
    sentences = (line for line in rest.splitlines() if _is_sentence(line) and line.lstrip()[0] not in _COMMENTS)
    return bool(scripts) and sum(map(len, sentences)) >= _LEAST_ARTICLE


def _is_sentence(line: str) -> bool:
    return line.count(" ") >= _A_SENTENCE and line.rstrip().endswith((".", "!", "?", "”", '"'))
