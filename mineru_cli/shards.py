"""A share of the documents, so that many machines divide the work without talking to each other.

Comes in: ``3/8``, and a document's SHA-256. Goes out: whether the document is of that share. The bytes alone decide, so
order and place do not matter, and two files of the same bytes fall into the same share. Knows nothing of files.
"""

import hashlib
import re
from dataclasses import dataclass

from mineru_cli.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """Share ``number`` of ``count``, counted from one."""

    number: int
    count: int

    @classmethod
    def parse(cls, text: str) -> "Shard":
        """The share that ``3/8`` names.

        Raises
        ------
        UsageError
            When it names none.
        """
        match = re.fullmatch(r"(\d{1,6})/(\d{1,6})", text.strip())
        if match is None or not 1 <= int(match[1]) <= int(match[2]):
            raise UsageError(f"--shard {text} is no share", cure="Write it as 3/8: the third of eight, counted from 1")
        return cls(number=int(match[1]), count=int(match[2]))

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    @property
    def tag(self) -> str:
        """The same for file names: ``3of8``."""
        return f"{self.number}of{self.count}"

    def holds(self, digest: str) -> bool:
        """Whether the document with this SHA-256, in hexadecimal, is of this share."""
        return int(digest[:16], 16) % self.count == self.number - 1

    def holds_name(self, name: str) -> bool:
        """The same for an input whose bytes cannot be read: its name decides."""
        return self.holds(hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest())
