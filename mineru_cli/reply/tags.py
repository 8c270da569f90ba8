"""The tags around a chart answer: its class, sub-class, caption and content.

Comes in: the model's text. Goes out: `TaggedReply`, its parts as text. Knows nothing of tables or numbers.

The whole form is ``<|class_start|>chart<|class_end|><|sub_class_start|>bar<|sub_class_end|><|caption_start|>…
<|caption_end|><|content_start|>…<|content_end|>``; any tag may be missing.
"""

import re
from collections import defaultdict
from dataclasses import dataclass

_TAG = re.compile(r"<\|(class|sub_class|caption|content)_(start|end)\|>")
_OTHER_TOKEN = re.compile(r"<\|[^|<>\n]{1,40}\|>")


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggedReply:
    """The parts of an answer, stripped.

    ``tagged`` tells whether there was any tag, ``closed`` whether the content's end mark came. ``outside`` is
    text that stands in no part; without a content tag it is the content.
    """

    class_name: str
    sub_class: str
    caption: str
    content: str
    outside: str
    tagged: bool
    closed: bool


def split_reply(text: str) -> TaggedReply:
    """Part an answer by its tags; a part that is not closed reaches to the next tag."""
    parts: defaultdict[str, list[str]] = defaultdict(list)
    name, start, closed, tagged = "outside", 0, False, False
    for tag in _TAG.finditer(text):
        parts[name].append(text[start : tag.start()])
        closed = closed or tag[0] == "<|content_end|>"
        name, start, tagged = (tag[1] if tag[2] == "start" else "outside"), tag.end(), True
    parts[name].append(text[start:])
    outside = "\n".join(filter(None, (_OTHER_TOKEN.sub("", part).strip() for part in parts["outside"])))
    # Left unstripped at its end: whether the last line is whole is told by its line break.
    content = "\n".join(_OTHER_TOKEN.sub("", part).lstrip("\n") for part in parts["content"])
    if not content.strip():
        content, outside = outside, ""
    return TaggedReply(
        class_name=_first(parts["class"]),
        sub_class=_first(parts["sub_class"]),
        caption=_first(parts["caption"]),
        content=content,
        outside=outside,
        tagged=tagged,
        closed=closed,
    )


def _first(parts: list[str]) -> str:
    return next((" ".join(part.split()) for part in parts if part.strip()), "")
