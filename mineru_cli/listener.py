"""What a run tells as it goes, for whoever wants to show it.

`Listener` does nothing with what it hears; the terminal's is in console.py.
"""

from mineru_cli.schema import Document, Failure, RunReport

EVENTS = "mineru_cli.events"
"""The logger that has one record an event, with ``event``, ``document`` and ``page`` on each."""


class Listener:
    """Hears of progress. Override what is of interest; every method is cheap and may be called often."""

    def inputs_found(self, documents: int) -> None:
        """The inputs have been listed. Said again, with one less, for each that is found to be another shard's."""

    def pages_found(self, pages: int) -> None:
        """A document was opened and has this many pages."""

    def page_read(self) -> None:
        """A page was looked at."""

    def figures_found(self, figures: int) -> None:
        """More figures wait to be read."""

    def figure_read(self, *, engine_status: str) -> None:
        """A figure was answered; ``engine_status`` is a few characters about the GPU's memory, or empty."""

    def failed(self, failure: Failure) -> None:
        """Something could not be read."""

    def notice(self, text: str) -> None:
        """Something concerns the whole run."""

    def document_finished(self, document: Document) -> None:
        """A document is complete and written."""

    def run_finished(self, report: RunReport) -> None:
        """Everything is done."""
