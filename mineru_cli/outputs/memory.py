"""Documents kept in memory, for Python callers who name no output.

Comes in: finished documents. Goes out: the same. Writes nothing: crops are dropped, and tables are in the records.
"""

from collections.abc import Callable

from mineru_cli.outputs.names import Names
from mineru_cli.schema import Document, RunReport


class MemorySink:
    """Holds every document of a run."""

    def __init__(self) -> None:
        self._names = Names()
        self._order: list[str] = []
        self._documents: dict[str, Document] = {}

    def claim(self, name: str) -> str:
        """A name that no other input of this run has, in the order of the inputs."""
        claimed = self._names.claim(name)
        self._order.append(claimed)
        return claimed

    def earlier(self, name: str) -> None:
        """Nothing was kept."""

    def crop(self, document: str, figure: str, png: bytes) -> None:
        """Pictures would fill the memory."""

    def table_path(self, document: str, figure: str) -> None:
        """No files."""

    def document(self, document: Document, written: Callable[[Document], None]) -> None:
        """Keep it."""
        self.adopt(document)
        written(document)

    def settle(self, *, everything: bool = False) -> None:
        """Nothing waits."""

    def adopt(self, document: Document) -> None:
        """Keep it too."""
        self._documents[document.name] = document

    def finish(self, report: RunReport) -> None:
        """Nothing: whoever called has the report."""

    def close(self) -> None:
        """Nothing is held that others want."""

    def documents(self) -> list[Document]:
        """All of them, in the order of the inputs."""
        return [self._documents[name] for name in self._order if name in self._documents]
