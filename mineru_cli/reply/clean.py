"""Markup taken off a cell, so that its number and its name can be read.

Comes in: a cell as answered, with HTML, Markdown or LaTeX in it. Goes out: plain text on one line. Knows nothing
of numbers or tables.
"""

import html
import re
from typing import Final

_MARKUP = re.compile(r"[\\$*_`<&]|[^\S ]|  ")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_RAISED = re.compile(r"<sup>\s*([+\-\u2212]?\d{1,4})\s*</sup>", re.IGNORECASE)
_ELEMENT = re.compile(r"</?(?:b|i|u|em|strong|sub|sup|span|p|small)\b[^<>]{0,100}>", re.IGNORECASE)
_MATHS = re.compile(r"\${1,2}([^$]+)\${1,2}|\\\(([^()]*)\\\)")
_MATHS_SIGN = re.compile(r"[\\^_{]")
_WRAPPED = re.compile(r"\\(?:text|mathrm|mathbf|mathit|operatorname|bf|rm)\s*\{([^{}]*)\}")
_EMPHASIS = re.compile(r"^(\*{1,3}|__|`)([^*`]*[^*`\s])\1$")
_COMMAND = re.compile(r"\\([A-Za-z]+) ?")
_ESCAPED = re.compile(r"\\([^\w\s])")
_SYMBOLS: Final = {
    "times": "\u00d7",
    "cdot": "\u00b7",
    "approx": "\u2248",
    "sim": "~",
    "simeq": "\u2248",
    "pm": "\u00b1",
    "mu": "\u00b5",
    "circ": "\u00b0",
    "degree": "\u00b0",
    "leq": "\u2264",
    "le": "\u2264",
    "geq": "\u2265",
    "ge": "\u2265",
    "quad": " ",
    "percent": "%",
}


def clean_text(text: str) -> str:
    """The text without markup, white space run together."""
    if not _MARKUP.search(text):
        return text.strip()
    text = _RAISED.sub(r"^\1", _BREAK.sub(" ", html.unescape(text)))
    text = _ELEMENT.sub("", text).strip()
    text = _EMPHASIS.sub(r"\2", text)
    if "$" in text or "\\" in text:
        text = _MATHS.sub(_unwrap, text)
        text = _WRAPPED.sub(r"\1", text)
        text = _COMMAND.sub(lambda found: _SYMBOLS.get(found[1], found[0]), text)
        text = _ESCAPED.sub(lambda found: " " if found[1] in ",;:!" else found[1], text)
    return " ".join(text.split())


def _unwrap(maths: re.Match[str]) -> str:
    """The inside of ``$…$``; a pair of dollar signs in running text stays."""
    inside: str = maths[1] or maths[2] or ""
    whole = maths.end() - maths.start() == len(maths.string)
    return inside if whole or maths[1] is None or _MATHS_SIGN.search(inside) else maths[0]
