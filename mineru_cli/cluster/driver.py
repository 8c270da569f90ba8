"""The run's side of a cluster: starts readers, hands out documents, takes records, and does without readers that die.

Comes in: the `Inputs` of a run. Goes out: documents, to the ledger. Processes, retries of calls, their placing and what
travels between them are Ray's: readers are actors that Ray restarts, documents are calls of their `read`, and no more
of them are under way than readers hold (the pattern of limiting pending tasks with ``ray.wait``). Knows nothing of
pages or engines.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from mineru_cli import __version__
from mineru_cli.assembly import Assembly
from mineru_cli.cluster.reader import DocumentReader, Duty, Hello, News, Outcome
from mineru_cli.cluster.roster import MOST_DEATHS, Errand, Hand, Roster
from mineru_cli.cluster.session import connected, machines, make_plan
from mineru_cli.engines.base import Engine
from mineru_cli.errors import EngineUnavailableError, ExitCode, MineruExtractError, SourceError
from mineru_cli.intake import Inputs
from mineru_cli.ledger import Ledger
from mineru_cli.options import Options
from mineru_cli.schema import ReaderRecord

log = logging.getLogger(__name__)

# Enough one-chart documents that 32 rows and those waiting for one are never short; without a GPU few are read at once.
_HELD_BY_GPU, _HELD_BY_CPU = 96, 16
_LOOK_SECONDS = 1.0
_LEAVE_SECONDS = 10.0
_PATIENCE_SECONDS = 60.0


class Cluster:
    """Readers at work, from the first document that must be read to the last.

    Parameters
    ----------
    options
        What was asked for.
    fingerprint
        Stands for how documents are read now.
    engine
        Replaces the one that the options name; each reader gets a copy.

    Attributes
    ----------
    readers
        How each fared, after the run.
    """

    def __init__(
        self, options: Options, inputs: Inputs, ledger: Ledger, *, fingerprint: str, engine: Engine | None = None
    ) -> None:
        self.readers: list[ReaderRecord] = []
        self._options = options
        self._inputs = inputs
        self._ledger = ledger
        self._fingerprint = fingerprint
        self._engine = engine
        self._roster = Roster(inputs)
        self._ray: Any = None
        self._pending: dict[Any, Callable[[Any], None]] = {}
        self._stopping = self._told_to_stop = False
        self._unavailable: MineruExtractError | None = None
        self._said: set[str] = set()
        self._seen_one = time.monotonic()
        self._asks = ""

    def run(self) -> ExitCode:
        """Have everything read; the exit code. Ray is not even started where nothing has to be read.

        Raises
        ------
        MissingDependencyError
            When Ray is not installed.
        OutputError
            When a document cannot be written: what was finished before is whole.
        EngineUnavailableError
            When the cluster cannot be reached, or no reader can be started.
        """
        with self._ledger.clock.stage("waiting for readers"):
            if self._is_more_to_come():
                with connected(str(self._options.cluster.ray)) as self._ray, self._readers_started():
                    while self._is_going_on():
                        self._look()
                    self._take_leave()
            self._ledger.settle(everything=True)
        return self._unavailable.exit_code if self._unavailable else self._ledger.tally.exit_code()

    def stop(self) -> None:
        """Hand out no more; what the engines hold is still answered. Safe to call at any moment."""
        self._stopping = True

    def describe(self) -> dict[str, str]:
        """What read, as the first reader that loaded anything tells it."""
        return next((reader.engine for reader in self.readers if reader.engine), {})

    @contextmanager
    def _readers_started(self) -> Iterator[None]:
        """Have Ray start the readers, spread over the machines, and restart any that dies, until the block ends."""
        plan = make_plan(machines(self._ray), self._options)
        self._roster.most = _HELD_BY_GPU if plan.gpus else _HELD_BY_CPU
        self._asks = f"{plan.cpus} CPUs and {plan.gpus:g} GPUs"
        duty = Duty(
            options=replace(self._options, workers=replace(self._options.workers, workers=plan.workers)),
            fingerprint=self._fingerprint,
            folder=str(Path.cwd()),
            log_level=logging.getLogger("mineru_cli").getEffectiveLevel(),
            engine=self._engine,
        )
        remote = self._ray.remote(
            num_cpus=plan.cpus, num_gpus=plan.gpus, max_restarts=-1, scheduling_strategy="SPREAD"
        )(DocumentReader)
        try:
            for number in range(1, plan.readers + 1):
                name = f"reader {number}"
                hand = Hand(name=name, actor=remote.options(name=f"mineru-extract {name}").remote(duty))
                self._roster.hands.append(hand)
                self._greet(hand)
            yield
        finally:
            for hand in self._roster.hands:
                self._ray.kill(hand.actor)

    # -- handing out ---------------------------------------------------------------------------------------

    def _is_going_on(self) -> bool:
        """Hand out what there is room for; whether anything is under way or still to come."""
        if self._stopping:
            self._tell_to_stop()
            return self._roster.is_held
        while (given := self._roster.assign()) is not None:
            hand, errand = given
            ref = hand.actor.read.options(name="read").remote(errand.input)
            self._pending[ref] = partial(self._take_outcome, hand, errand)
        return self._roster.is_held or self._is_more_to_come()

    def _is_more_to_come(self) -> bool:
        return self._roster.is_there_more() or self._inputs.wait()

    def _tell_to_stop(self) -> None:
        if not self._told_to_stop:
            self._told_to_stop = True
            for hand in self._roster.hands:
                hand.actor.stop.remote()

    def _look(self) -> None:
        """Wait until something comes back, and take all that has."""
        waiting = list(self._pending)
        ready, _ = self._ray.wait(waiting, num_returns=1, timeout=_LOOK_SECONDS)
        if ready:
            ready, _ = self._ray.wait(waiting, num_returns=len(waiting), timeout=0)
        for ref in ready:
            self._pending.pop(ref)(ref)
        self._warn_when_nobody_comes()

    # -- readers -------------------------------------------------------------------------------------------

    def _greet(self, hand: Hand) -> None:
        """Learn when a reader is there; Ray repeats the call until it is."""
        ref = hand.actor.hello.options(name="start", max_task_retries=-1).remote()
        self._pending[ref] = partial(self._take_hello, hand)

    def _take_hello(self, hand: Hand, ref: Any) -> None:
        try:
            hello: Hello = self._ray.get(ref)
        except self._ray.exceptions.RayError as error:
            self._retire(hand, f"it could not be started: {_short(error)}")
            return
        hand.host = hello.host
        if hello.version != __version__:
            self._retire(hand, f"{hello.host} has mineru-extract {hello.version}, and this machine {__version__}")
            return
        hand.is_up = True
        self._seen_one = time.monotonic()
        self._ask_for_news(hand)

    def _retire(self, hand: Hand, reason: str) -> None:
        """Do without a reader that others can replace."""
        hand.is_up, hand.is_retired = False, True
        self._ray.kill(hand.actor)
        if all(other.is_retired for other in self._roster.hands):
            raise EngineUnavailableError(
                f"no reader is left: {reason}", cure="Install the same mineru-extract on every machine of the cluster"
            )
        log.warning("%s is left out: %s", hand.name, reason)

    def _warn_when_nobody_comes(self) -> None:
        if not any(hand.is_up for hand in self._roster.hands) and (
            time.monotonic() - self._seen_one > _PATIENCE_SECONDS
        ):
            self._seen_one = time.monotonic()
            log.warning("no reader is running: each asks Ray for %s; see ray status", self._asks)

    def _take_leave(self) -> None:
        """Have the readers end in good order, and say how it went."""
        refs = {hand.actor.leave.remote(hand.name): hand for hand in self._roster.hands if hand.is_up}
        self._ray.wait(list(refs), num_returns=len(refs), timeout=_LEAVE_SECONDS)
        told = {}
        for ref, hand in refs.items():
            with suppress(self._ray.exceptions.RayError):
                told[hand.name], news = self._ray.get(ref, timeout=0)
                self._pass_on(news)
        for hand in self._roster.hands:
            record = told.get(hand.name) or ReaderRecord(name=hand.name, host=hand.host)
            self._ledger.clock.seconds.update(record.stage_seconds)
            fared = {"documents": hand.documents, "deaths": hand.lives}
            self.readers.append(record.model_copy(update=fared))

    # -- what comes back -----------------------------------------------------------------------------------

    def _take_outcome(self, hand: Hand, errand: Errand, ref: Any) -> None:
        try:
            outcome: Outcome = self._ray.get(ref)
        except self._ray.exceptions.RayTaskError:
            raise  # a bug in the reader, told with its traceback
        except self._ray.exceptions.RayError as error:
            self._lose(hand, errand, error)
            return
        if outcome.error is not None:
            raise outcome.error
        if outcome.unavailable is not None and self._others_than(hand):
            if not hand.is_retired:
                self._retire(hand, str(outcome.unavailable))
            self._roster.put_back(hand, errand)
            return
        if outcome.unavailable is not None and self._unavailable is None:
            self._unavailable = outcome.unavailable
            self._ledger.listener.notice(str(outcome.unavailable))
        self._roster.done(hand, errand)
        if outcome.lost is not None:
            self._give_up(errand, outcome.lost)
        if outcome.document is not None:
            hand.documents += 1
            self._ledger.adopt(outcome.document)

    def _lose(self, hand: Hand, errand: Errand, error: Exception) -> None:
        """A reader was lost with this document in hand: have it read by another, unless it did that too often."""
        if hand.is_retired:
            self._roster.put_back(hand, errand)
            return
        if hand.is_up and errand.life == hand.lives:
            log.warning("%s on %s was lost; what it held is read again", hand.name, hand.host)
            log.debug("%s: %s", hand.name, error)
            hand.is_up = False
            hand.lives += 1
            self._greet(hand)
        if not self._roster.lost(hand, errand):
            return
        reason = SourceError(
            "reader_died",
            f"{errand.input.source.where} was being read each of {MOST_DEATHS} times that a reader died, at last alone",
            cure="Read it by itself without --ray to see why",
        )
        self._give_up(errand, reason)

    def _give_up(self, errand: Errand, reason: SourceError) -> None:
        """Write of a document that it cannot be read."""
        taken = errand.input
        assembly = Assembly(name=taken.name, source=taken.record, fingerprint=self._fingerprint)
        self._ledger.tell(assembly.fail(reason))
        self._ledger.finish(assembly.build())

    def _others_than(self, hand: Hand) -> bool:
        return any(other is not hand and not other.is_retired for other in self._roster.hands)

    def _ask_for_news(self, hand: Hand) -> None:
        ref = hand.actor.news.options(enable_task_events=False).remote()
        self._pending[ref] = partial(self._take_news, hand)

    def _take_news(self, hand: Hand, ref: Any) -> None:
        with suppress(self._ray.exceptions.RayActorError):
            self._pass_on(self._ray.get(ref))
            self._ask_for_news(hand)

    def _pass_on(self, news: News) -> None:
        """Tell the listener and the log what a reader told; of what all readers say, once."""
        listener = self._ledger.listener
        if news.pages_found:
            listener.pages_found(news.pages_found)
        if news.figures_found:
            listener.figures_found(news.figures_found)
        for _ in range(news.pages_read):
            listener.page_read()
        for _ in range(news.figures_read):
            listener.figure_read(engine_status=news.engine_status)
        for name, level, text in news.records:
            if text not in self._said:
                self._said.add(text)
                logging.getLogger(name).log(level, "%s", text)


def _short(error: Exception) -> str:
    """The last line of what Ray says, which holds the reason."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1][:200] if lines else type(error).__name__
