"""What became of each document: written, counted, and told.

Comes in: finished documents, and failures as they happen. Goes out: what the sink writes, a `Tally`, and what a
`Listener` hears. Knows nothing of how documents are read, or where.
"""

import logging

from mineru_cli.listener import EVENTS, Listener
from mineru_cli.outputs.sinks import Sink
from mineru_cli.schema import Document, Failure
from mineru_cli.tally import StageClock, Tally

events = logging.getLogger(EVENTS)


class Ledger:
    """The accounts of one run. ``tally`` and ``clock`` say how it went."""

    def __init__(self, sink: Sink, listener: Listener) -> None:
        self.sink = sink
        self.listener = listener
        self.tally = Tally()
        self.clock = StageClock()

    def finish(self, document: Document) -> None:
        """Have a document written, and count it when it is.

        Raises
        ------
        OutputError
            When this or an earlier one cannot be written.
        """
        with self.clock.stage("output"):
            self.sink.document(document, self.count)
        self.settle()

    def settle(self, *, everything: bool = False) -> None:
        """Count what is written by now; or wait until ``everything`` is.

        Raises
        ------
        OutputError
            When something cannot be written.
        """
        with self.clock.stage("output"):
            self.sink.settle(everything=everything)

    def adopt(self, document: Document) -> None:
        """Take a document that was read and written elsewhere: tell its failures, and count it.

        Raises
        ------
        OutputError
            When what is left to be written cannot be.
        """
        for failure in document.failures:
            self.tell(failure)
        with self.clock.stage("output"):
            self.sink.adopt(document)
        self.count(document)
        self.settle()

    def count(self, document: Document, *, resumed: bool = False) -> None:
        """Count a document that is in the output; ``resumed`` when an earlier run finished it."""
        self.tally.add(document, resumed=resumed)
        charts = sum(figure.kind == "chart" and figure.chart is not None for figure in document.figures)
        event = {"event": "kept" if resumed else "finished", "document": document.name, "status": document.status}
        events.info("%s", event["event"], extra={**event, "charts": charts})
        self.listener.document_finished(document)

    def lose(self, failure: Failure) -> None:
        """Count an input of which there is not even a document."""
        self.tally.lost(failure)
        self.tell(failure)

    def tell(self, failure: Failure) -> None:
        """Each failure is heard of once; that there is no engine has been said for all."""
        where = {"document": failure.document, "page": failure.page, "figure": failure.figure}
        events.warning("%s", failure.message, extra={"event": failure.code, **where})
        if failure.code != "engine_unavailable":
            self.listener.failed(failure)
