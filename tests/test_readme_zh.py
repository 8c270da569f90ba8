"""The README in Chinese says what the English one says."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ENGLISH = (ROOT / "README.md").read_text(encoding="utf-8")
CHINESE = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def prose(text):
    return BLOCK.sub("", text)


def headings(text):
    return re.findall(r"^(#+) ", prose(text), re.MULTILINE)


def commands(text):
    return [code for language, code in BLOCK.findall(text) if language]


def files(text):
    """The lines of the blocks that are no commands, without what is said about each."""
    return [
        line.split("  ")[:2] for language, code in BLOCK.findall(text) if not language for line in code.splitlines()
    ]


def first_cells(text):
    return re.findall(r"^\| (`[^|]*`|[\d, ]+) \|", prose(text).replace("、", ", "), re.MULTILINE)


def options(text):
    code = " ".join(re.findall(r"`[^`]*`", prose(text)))
    return sorted(set(re.findall(r"(?<![\w-])--?[a-z0-9][a-z-]*", code)))


def links(text):
    return sorted(re.findall(r"\]\(((?!README)[^)]+)\)", text))


def points(text):
    return len(re.findall(r"^- ", prose(text), re.MULTILINE))


def measures(text):
    return sorted(re.findall(r"\d+(?:\.\d+)? (?:%|MB|GB)", prose(text)))


@pytest.mark.parametrize("part", [headings, commands, files, first_cells, options, links, points, measures])
def test_both_have_the_same(part):
    assert part(CHINESE) == part(ENGLISH), "bring README.zh-CN.md in step with README.md"


def test_each_leads_to_the_other():
    assert "(README.zh-CN.md)" in ENGLISH.split("\n## ")[0]
    assert "(README.md)" in CHINESE.split("\n## ")[0]
