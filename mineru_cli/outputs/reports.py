"""Reports of runs in an output folder, and one report that sums up several.

Comes in: what each shard, or each machine, reported, and the records that are there. Goes out: the report of all
together. What can be counted is counted from the records, so that it is true of them; the reports tell the rest.
"""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from mineru_cli.errors import ExitCode
from mineru_cli.outputs.files import files_in, read_if_there, remove, write_atomically
from mineru_cli.schema import Document, Failure, RunReport
from mineru_cli.shards import Shard
from mineru_cli.tally import Tally

_SHARD_FILE = re.compile(r"run-(\d+)of(\d+)\.json")
_JUDGED_BY_RECORDS = frozenset({ExitCode.OK, ExitCode.SOME_FAILED, ExitCode.ALL_FAILED})
_Value = TypeVar("_Value")


def write_shard_report(root: Path, report: RunReport, shard: Shard) -> None:
    """Write run-3of8.json.

    Raises
    ------
    OutputError
        When it cannot be written.
    """
    write_atomically(root / f"run-{shard.tag}.json", report.model_dump_json(indent=2) + "\n")


def read_reports(root: Path) -> list[RunReport]:
    """The reports of shards, by number; where there are none, that of the whole run. Broken ones are left out."""
    reports = []
    for path in [path for _, path in sorted(_shard_files(root))] or [root / "run.json"]:
        try:
            reports.append(RunReport.model_validate_json(read_if_there(path) or b""))
        except (OSError, ValueError):
            continue
    return reports


def forget_reports(root: Path, *, but: Shard | None) -> None:
    """Remove the reports of shards that divided the inputs otherwise than ``but``; of all shards for None."""
    for (count, _), path in _shard_files(root):
        if but is None or count != but.count:
            remove(path)


def combine(reports: Sequence[RunReport], records: Iterable[Document], *, output: str) -> RunReport:
    """One report for several.

    Its counts, histograms and failures are those of the records; an input of which there is no record is taken from
    the reports. Seconds are added up, memory is that of the run that took most, and what was not the same everywhere
    is listed side by side. A shard that has left no report is a failure.
    """
    tally, names = Tally(), set[str]()
    for document in records:
        tally.add(document)
        names.add(document.name)
    for failure in dict.fromkeys(failure for report in reports for failure in report.failures):
        if failure.document and failure.document not in names and failure.page is None:
            tally.lost(failure)
    tally.numbers["resumed"] = sum(report.counts.resumed for report in reports)
    shards = sorted({shard for report in reports for shard in report.shards}, key=_order)
    missing = _missing(shards)
    exit_code = _exit_code(reports, tally, is_whole=not missing)
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    return RunReport(
        started=min((report.started for report in reports), default=now),
        finished=max((report.finished for report in reports), default=now),
        seconds=round(sum(report.seconds for report in reports), 3),
        exit_code=exit_code,
        output=output,
        shards=shards,
        counts=tally.counts(
            ignored=sum(report.counts.ignored for report in reports),
            unfinished=sum(report.counts.unfinished for report in reports),
        ),
        read_by=dict(tally.read_by),
        rungs=dict(tally.rungs),
        flags=dict(tally.flags),
        stage_seconds=_sums([report.stage_seconds for report in reports]),
        engine=_side_by_side([report.engine for report in reports]),
        peak_memory=max((report.peak_memory for report in reports if report.peak_memory is not None), default=None),
        options=_common([report.options for report in reports]),
        versions=_side_by_side([report.versions for report in reports]),
        failures=[*tally.failures, *missing],
    )


def _shard_files(root: Path) -> list[tuple[tuple[int, int], Path]]:
    """The reports of shards, each with its count and number."""
    found = ((path, _SHARD_FILE.fullmatch(path.name)) for path in files_in(root, "run-*.json"))
    return [((int(match[2]), int(match[1])), path) for path, match in found if match is not None]


def _order(shard: str) -> tuple[int, int]:
    parsed = Shard.parse(shard)
    return parsed.count, parsed.number


def _missing(shards: Sequence[str]) -> list[Failure]:
    counts = sorted({Shard.parse(shard).count for shard in shards})
    return [
        Failure(
            code="shard_missing",
            message=f"shard {shard} has left no report: its documents may be missing",
            cure=f"Run it with --shard {shard}; name its folder too if it wrote into another",
        )
        for count in counts
        for shard in (f"{number}/{count}" for number in range(1, count + 1))
        if shard not in shards
    ]


def _exit_code(reports: Sequence[RunReport], tally: Tally, *, is_whole: bool) -> ExitCode:
    """What stopped one run stopped all together; else the records decide."""
    for report in reports:
        if report.exit_code not in _JUDGED_BY_RECORDS:
            return ExitCode(report.exit_code)
    return tally.exit_code() if is_whole else tally.exit_code() or ExitCode.SOME_FAILED


def _sums(parts: Sequence[dict[str, float]]) -> dict[str, float]:
    names = dict.fromkeys(name for part in parts for name in part)
    return {name: round(sum(part.get(name, 0.0) for part in parts), 3) for name in names}


def _side_by_side(parts: Sequence[dict[str, str]]) -> dict[str, str]:
    names = dict.fromkeys(name for part in parts for name in part)
    return {name: ", ".join(dict.fromkeys(part[name] for part in parts if name in part)) for name in names}


def _common(parts: Sequence[dict[str, _Value]]) -> dict[str, _Value]:
    """What is the same in all."""
    first, *others = parts or [{}]
    return {name: value for name, value in first.items() if all(other.get(name) == value for other in others)}
