"""One model at work: rounds of seating, decoding and collecting, and what is done when memory runs out.

Comes in: a lazy stream of requests. Goes out: one reply for each. Knows nothing of PDFs or of what an answer means.

A round seats waiting requests in free rows, decodes a few tokens, and takes what has ended. Where memory runs out, the
round is left first; then what is on the device is let go, the next rung of the ladder is taken, those who were seated
wait again, and the next round builds what is missing.
"""

import logging
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from mineru_cli.calibration import calibration_of
from mineru_cli.engines.base import Reply, Request, Task
from mineru_cli.engines.hesitations import hesitations_of_tokens
from mineru_cli.engines.model import memory, protocol
from mineru_cli.engines.model.checkpoint import find_checkpoint
from mineru_cli.engines.model.desk import Desk, Ticket
from mineru_cli.engines.model.ladder import CROP_SIDES, Settings, Stage, climb, crop_rung
from mineru_cli.engines.model.plan import GIB, ModelSize, Work, fit_rows, make_plan, more_rows
from mineru_cli.engines.model.station import Runtime, Station, TorchRuntime
from mineru_cli.engines.model.tuning import ANSWER_TOKENS, largest_picture, room_for, starting_point
from mineru_cli.errors import EngineUnavailableError, FigureError
from mineru_cli.options import EngineOptions
from mineru_cli.schema import Failure, Flag

if TYPE_CHECKING:
    from mineru_cli.engines.model.prepare import Prepared
    from mineru_cli.engines.model.slots import RowAnswer, Slots, Snapshot

log = logging.getLogger(__name__)

# Steps queued between two looks at which rows have ended.
_STEPS = 4
# Tokens whose text is kept at hand.
_REMEMBERED = 2**16
_TINY_CROP = Flag(
    code="shrunk_for_memory",
    message=f"The figure was shrunk to {CROP_SIDES[-1]} pixels because memory ran out: small print may be misread.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shortage:
    """Memory ran out: while doing what, and what the error said."""

    stage: Stage
    message: str


class Session:
    """A device and a model, from the first request to the last."""

    def __init__(self, options: EngineOptions, runtime: Runtime | None) -> None:
        from mineru_cli.engines.model.loader import choose_device, load_tools
        from mineru_cli.engines.model.prepare import Preparer

        memory.prefer_growing_segments()
        self._options = options
        self._checkpoint = find_checkpoint(options.model, options.hub)
        self._calibration = calibration_of(options.calibration, self._checkpoint.folder)
        self.device = choose_device(options.device)
        self._on_cuda = self.device.startswith("cuda")
        self._tokenizer, image_processor = load_tools(self._checkpoint)
        self._decode = lru_cache(_REMEMBERED)(partial(self._tokenizer.decode, skip_special_tokens=False))
        self._preparer = Preparer(
            tokenizer=self._tokenizer, image_processor=image_processor, family=self._checkpoint.family
        )
        runtime = runtime or TorchRuntime(device=self.device, offload_dir=options.offload_dir)
        self._station = Station(runtime, self._checkpoint, self.device)
        self._size = ModelSize.from_config(self._checkpoint.config)
        self._limits, start = starting_point(self.device, options)
        self._limit = min(options.max_new_tokens, self._checkpoint.longest_answer or options.max_new_tokens)
        self._room = min(self._limit, ANSWER_TOKENS)
        self._image_tokens = largest_picture(image_processor)
        if options.gpu_memory is not None:
            memory.hold_to(self.device, options.gpu_memory)
        self._plan = make_plan(self._size, start, self._limits, self._work, budget=self._budget())
        self._settings = self._plan.settings
        # Tickets taken from the line and not seated yet.
        self._between: list[Ticket] = []
        self._snapshots: deque[tuple[Snapshot, dict[int, Ticket]]] = deque()
        self._outbox: deque[Reply] = deque()
        self._since_opened = 0
        log.info("memory plan: %s", self._plan.line())
        memory.reset_peak(self.device)

    def read(self, requests: Iterator[Request | None]) -> Iterator[Reply]:
        """One round after another until nothing is left to answer."""
        desk = Desk(requests, self._preparer.submit)
        while desk.pull(self._settings.rows + self._limits.encode_batch):
            shortage = None
            try:
                self._round(desk)
            except (RuntimeError, MemoryError) as error:
                if not memory.is_oom(error):
                    raise
                shortage = _Shortage(stage=self._station.stage, message=str(error).partition("\n")[0][:120])
            # Only here, the except block being left, does the traceback let go of the tensors.
            if shortage is not None:
                self._recover(desk, shortage)
            while self._outbox:
                yield self._outbox.popleft()

    def describe(self) -> dict[str, str]:
        """For run.json."""
        described = {
            "model": self._checkpoint.name,
            "device": self.device,
            "precision": self._settings.precision,
            "plan": self._plan.line(),
            "rung": self._settings.rung,
            "rows": str(self._settings.rows),
        }
        peak = memory.peak(self.device)
        return {**described, "peak_memory": f"{peak / GIB:.2f} GiB"} if peak else described

    def close(self) -> None:
        """Let go of the device and of the threads."""
        self._preparer.close()
        self._snapshots.clear()
        self._station.let_go(network=True)

    @property
    def _work(self) -> Work:
        return room_for(self._image_tokens, self._room)

    def _budget(self) -> int | None:
        found = memory.device_memory(self.device)
        return None if found is None else found.reach

    def _round(self, desk: Desk) -> None:
        slots = self._station.ready(self._settings, length=self._work.length, limit=self._limit)
        if (slots.rows, slots.length) == (self._settings.rows, self._work.length):
            self._seat(desk, slots)
        elif not desk.seated:
            # The rows were found too short or too few, and all who sat there have finished.
            del slots
            self._clear(desk)
            self._station.let_go(network=False)
        if desk.seated:
            self._station.stage = Stage.DECODE
            self._snapshots.append((slots.advance(_STEPS, desk.seated), dict(desk.seated)))
            # One burst is always queued behind the one looked at, so that the device never waits for the look.
            while len(self._snapshots) > (1 if self._on_cuda else 0):
                self._collect(desk, slots, *self._snapshots.popleft())

    def _seat(self, desk: Desk, slots: "Slots") -> None:
        free = [row for row in range(slots.rows) if row not in desk.seated]
        while free:
            self._station.stage = Stage.ENCODE
            questions = self._take(desk, min(len(free), self._settings.encode_batch))
            if not questions:
                break
            rows, free = free[: len(questions)], free[len(questions) :]
            slots.admit(rows, questions)
            for row, ticket in zip(rows, self._between, strict=True):
                desk.seat(row, ticket)
            self._between.clear()

    def _take(self, desk: Desk, count: int) -> "list[Prepared]":
        """Up to ``count`` questions from the head of the line, together no larger than the largest picture planned for.

        Their tickets are put into ``_between``. Waits for a picture only when there is nothing else to do.
        """
        questions: list[Prepared] = []
        while desk.waiting and len(questions) < count:
            if not desk.waiting[0].ready.done() and (questions or desk.seated):
                break
            ticket = desk.waiting.popleft()
            self._between.append(ticket)
            try:
                question = ticket.ready.result()
            except FigureError as error:
                self._between.pop()
                desk.answered()
                self._fail(ticket, Failure(code=error.code, message=error.message, cure=error.cure))
                continue
            if sum(one.image_tokens for one in (*questions, question)) > self._image_tokens:
                desk.put_back([self._between.pop()])
                if not questions:
                    self._image_tokens = question.image_tokens
                    self._reopen()
                break
            questions.append(question)
        return questions

    def _clear(self, desk: Desk) -> None:
        """Nothing is under way any more: all who were wait again, in the order they came."""
        self._snapshots.clear()
        desk.put_back(self._between)
        self._between.clear()
        desk.unseat(list(desk.seated))

    def _collect(self, desk: Desk, slots: "Slots", snapshot: "Snapshot", seated: dict[int, Ticket]) -> None:
        limit = self._limit
        for answer in snapshot.read():
            ticket = seated.get(answer.row)
            # The row may have been seated anew since the snapshot was taken.
            if ticket is None or desk.seated.get(answer.row) is not ticket:
                continue
            if answer.stop is None:
                if time.monotonic() - ticket.started > self._options.answer_seconds:
                    ticket.overdue = True
                    slots.stop(answer.row)
            elif answer.stop == "length" and len(answer.tokens) < limit and not ticket.overdue:
                desk.unseat([answer.row])
                self._room = limit
                self._reopen()
            else:
                desk.answered(answer.row)
                self._outbox.append(self._reply(ticket, answer))
                self._since_opened += 1
        if self._since_opened >= self._settings.rows:
            self._correct()

    def _reply(self, ticket: Ticket, answer: "RowAnswer") -> Reply:
        flags = protocol.doubts(ticket.request.task, self._checkpoint.family)
        text: str = self._tokenizer.decode(answer.tokens, skip_special_tokens=False)
        return Reply(
            key=ticket.request.key,
            text=text,
            stop="time" if ticket.overdue else answer.stop or "end",
            tokens=len(answer.tokens),
            seconds=time.monotonic() - ticket.started,
            precision=self._settings.precision,
            rung=self._settings.rung if ticket.side is None else f"{self._settings.rung}+{crop_rung(ticket.side)}",
            flags=(*flags, _TINY_CROP) if ticket.side == CROP_SIDES[-1] else flags,
            hesitations=hesitations_of_tokens(self._decode, answer.tokens, answer.logs, text),
            calibration=self._calibration,
        )

    def _fail(self, ticket: Ticket, failure: Failure) -> None:
        self._outbox.append(Reply(key=ticket.request.key, failure=failure))

    def _reopen(self) -> None:
        """Have the rows opened anew, with room for the longest known, when those who sit there have finished."""
        self._settings = self._fitted(self._settings)

    def _correct(self) -> None:
        """Once each row has answered: have more rows, where what was measured says that they fit."""
        self._since_opened = 0
        found = more_rows(self._plan, self._size, peak=memory.peak(self.device), wanted=self._limits.rows)
        if found is not None and self._settings == self._plan.settings:
            log.info(
                "memory plan corrected: %d rows, as %.2f GiB were needed", found.rows, memory.peak(self.device) / GIB
            )
            self._plan = replace(self._plan, settings=found)
            self._settings = found

    def _fitted(self, settings: Settings) -> Settings:
        return fit_rows(self._size, settings, self._work, budget=self._budget())

    def _recover(self, desk: Desk, shortage: _Shortage) -> None:
        """Let go of what is on the device, take the next rung, and have those who were seated wait again."""
        single = self._between[0] if len(self._between) == 1 and shortage.stage is Stage.ENCODE else None
        climbed = climb(
            self._settings, self._limits, shortage.stage, longest=None if single is None else _longest(single)
        )
        rebuilt = climbed is not None and _weights(climbed.settings) != _weights(self._settings)
        self._clear(desk)
        self._station.let_go(network=rebuilt or climbed is None)
        if self._options.on_oom == "fail":
            raise EngineUnavailableError(
                f"{self.device} ran out of memory ({shortage.stage}: {shortage.message})",
                cure="Give --on-oom ladder, fewer rows with --batch, or --precision int8",
            )
        if climbed is None:
            self._give_up(desk, shortage, single)
            return
        log.warning("%s ran out of memory (%s); going on with: %s", self.device, shortage.stage, climbed.rung)
        log.debug("the error was: %s", shortage.message)
        if climbed.side is not None and single is not None:
            desk.shrink(single, climbed.side)
        self._settings = self._fitted(climbed.settings) if rebuilt else climbed.settings

    def _give_up(self, desk: Desk, shortage: _Shortage, single: Ticket | None) -> None:
        """The ladder has ended: a picture that cannot be read costs itself, a model that cannot be run the engine."""
        if single is None:
            raise EngineUnavailableError(
                f"the model does not fit into memory ({shortage.stage}: {shortage.message})",
                cure="Free some memory, or use a machine with more",
            )
        desk.waiting.remove(single)
        desk.answered()
        message = (
            f"memory ran out reading a figure of {single.request.image.width}x{single.request.image.height} pixels"
        )
        self._fail(single, Failure(code="out_of_memory", message=message, cure="Crop it, or use --max-side 512"))


def _weights(settings: Settings) -> tuple[str, str, str]:
    return settings.precision, settings.base, settings.placement


def _longest(ticket: Ticket) -> int:
    """Pixels of the longest side of a ticket's picture as it was last encoded."""
    full = protocol.LAYOUT_SIDE if ticket.request.task is Task.LAYOUT else max(ticket.request.image.size)
    return full if ticket.side is None else min(full, ticket.side)
