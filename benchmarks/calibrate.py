"""How sure a reader is against how often it is right: fits what ``confidence`` is, and shows whether it holds.

    python benchmarks/calibrate.py fit --exact DIR...
    python benchmarks/calibrate.py fit --model nano --fresh 120 --truth DIR...
    python benchmarks/calibrate.py report --exact DIR... --model nano --fresh 60 --truth DIR... --picture FILE

Comes in: charts of known truth, drawn now (``--fresh``, ``--drawn``) or as `benchmarks/generators` leaves them, and
what a reader makes of them. Goes out: a calibration file, or a table, and a picture. The charts of a fit and of a
report must not be the same: take other seeds.

Needs the test extra (scipy, matplotlib); ``--drawn`` what training/ needs.
"""

import argparse
import datetime as dt
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import isotonic_regression, minimize

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from calibrate_seen import TOLERANCE, Seen, drawn, fresh, seen_by, seen_exactly  # noqa: E402 - found through the path set above

from mineru_cli import calibration  # noqa: E402 - the same
from mineru_cli.engines.model.checkpoint import find_checkpoint  # noqa: E402 - the same

EXACT = ROOT / "mineru_cli" / "exact" / calibration.FILE_NAME
BINS = 40
SERIES = 20
"""A curve is fitted to at most so many bins of at least so many series."""


def fitted(reader: str, tolerance: float, seen: Sequence[Seen]) -> calibration.Calibration:
    """The curve that suits what was seen."""
    signs = np.array([one.signs for one in seen])
    numbers = np.array([one.numbers for one in seen], dtype=float)
    share = np.array([one.right for one in seen]) / np.maximum(numbers, 1)
    weights = weigh(signs, share, numbers)
    data = {one.data: len({other.chart for other in seen if other.data == one.data}) for one in seen}
    return calibration.Calibration(
        reader=reader,
        tolerance=tolerance,
        weights=[round(float(weight), 4) for weight in weights],
        knots=knots(signs @ np.round(weights, 4), share, numbers),
        fit=calibration.Fit(
            date=dt.datetime.now(dt.UTC).date().isoformat(),
            charts=sum(data.values()),
            numbers=int(numbers.sum()),
            data=[f"{name}: {count} charts" for name, count in data.items()],
        ),
    )


def weigh(signs: "np.ndarray", share: "np.ndarray", numbers: "np.ndarray") -> "np.ndarray":
    """Weights of the signs by logistic regression, none below zero; 1 for an only sign."""
    if signs.shape[1] == 1:
        return np.ones(1)
    table = np.c_[np.ones(len(signs)), signs]

    def loss(chosen: "np.ndarray") -> tuple[float, "np.ndarray"]:
        odds = table @ chosen
        slope = table.T @ (numbers * (1 / (1 + np.exp(-odds)) - share))
        return float(numbers @ (np.logaddexp(0, odds) - share * odds)), slope

    start = np.r_[0.0, np.ones(signs.shape[1])]
    bounds = [(None, None), *[(0, None)] * signs.shape[1]]
    return minimize(loss, start, jac=True, bounds=bounds).x[1:]


def knots(scores: "np.ndarray", share: "np.ndarray", numbers: "np.ndarray") -> list[tuple[float, float]]:
    """Isotonic regression over bins of series of like score; equal scores are never parted.

    A share is that of Jeffreys' prior, a series counting as one observation, as the numbers of a series are right or
    wrong together: no bin is ever quite certain.
    """
    order = np.argsort(scores, kind="stable")
    scores, share, numbers = scores[order], share[order], np.maximum(numbers[order], 1e-9)
    size = max(SERIES, -(-len(scores) // BINS))
    edges = [0]
    for at in range(1, len(scores) - size + 1):
        if at - edges[-1] >= size and scores[at] > scores[at - 1]:
            edges.append(at)
    bins = [slice(start, end) for start, end in zip(edges, [*edges[1:], len(scores)], strict=True)]
    middles = [float(np.average(scores[one], weights=numbers[one])) for one in bins]
    sizes = [one.stop - one.start for one in bins]
    shares = [
        (float(np.average(share[one], weights=numbers[one])) * size + 0.5) / (size + 1)
        for one, size in zip(bins, sizes, strict=True)
    ]
    rising = [float(one) for one in isotonic_regression(shares, weights=sizes).x]
    turns = [
        at for at, one in enumerate(rising) if at in {0, len(rising) - 1} or not rising[at - 1] == one == rising[at + 1]
    ]
    return [(round(middles[at], 4), round(rising[at], 4)) for at in turns]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Series of like confidence: ``marked`` is their mean confidence, ``right`` the share of their numbers."""

    low: float
    series: int
    numbers: int
    marked: float
    right: float


def binned(seen: Iterable[Seen], *, count: int = 10) -> list[Bin]:
    """Series by tenths of confidence."""
    by_bin: dict[int, list[Seen]] = {}
    for one in seen:
        if one.confidence is not None and one.numbers:
            by_bin.setdefault(min(count - 1, int(one.confidence * count)), []).append(one)
    return [
        Bin(
            low=at / count,
            series=len(group),
            numbers=sum(one.numbers for one in group),
            marked=sum(one.numbers * (one.confidence or 0.0) for one in group) / sum(one.numbers for one in group),
            right=sum(one.right for one in group) / sum(one.numbers for one in group),
        )
        for at, group in sorted(by_bin.items())
    ]


def calibration_error(bins: Sequence[Bin]) -> float:
    """Expected calibration error: the mean distance of marked and right, by numbers (Naeini et al., AAAI 2015)."""
    return sum(one.numbers * abs(one.marked - one.right) for one in bins) / max(1, sum(one.numbers for one in bins))


def table(reader: str, tolerance: float, seen: Sequence[Seen]) -> Iterator[str]:
    """One line a bin."""
    bins = binned(seen)
    charts = len({(one.data, one.chart) for one in seen})
    yield f"{reader}: {charts} charts, right is within {tolerance:.1%} of the axis range"
    yield "confidence     series  numbers   marked    right"
    for one in bins:
        yield f"{one.low:.1f} to {one.low + 0.1:.1f} {one.series:10} {one.numbers:8} {one.marked:8.1%} {one.right:8.1%}"
    yield f"expected calibration error {calibration_error(bins):.3f}"
    for data in dict.fromkeys(one.data for one in seen):
        mine = [one for one in seen if one.data == data and one.confidence is not None]
        numbers = max(1, sum(one.numbers for one in mine))
        marked = sum(one.numbers * (one.confidence or 0.0) for one in mine) / numbers
        unflagged = [one for one in mine if (one.confidence or 0.0) >= calibration.UNSURE_BELOW]
        yield (
            f"  {data[:24]:24} {numbers:6} numbers, marked {marked:6.1%}, right "
            f"{sum(one.right for one in mine) / numbers:6.1%}; sure of {len(unflagged)} of {len(mine)} series, right "
            f"{sum(one.right for one in unflagged) / max(1, sum(one.numbers for one in unflagged)):6.1%} of those"
        )


def draw(readers: dict[str, Sequence[Seen]], path: Path) -> None:
    """A reliability diagram for each reader."""
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot as plt

    figure, panels = plt.subplots(1, len(readers), figsize=(4.2 * len(readers), 4.2), squeeze=False)
    for axes, (reader, seen) in zip(panels[0], readers.items(), strict=True):
        bins = binned(seen)
        axes.plot([0, 1], [0, 1], color="#999999", linewidth=1, linestyle="--")
        sizes = [max(8.0, 2 * one.numbers**0.5) for one in bins]
        axes.scatter([one.marked for one in bins], [one.right for one in bins], s=sizes, color="#1f77b4")
        for one in bins:
            axes.annotate(f"{one.numbers}", (one.marked, one.right), (4, -11), textcoords="offset points", fontsize=8)
        axes.set(xlim=(-0.02, 1.06), ylim=(-0.02, 1.06), aspect="equal", xlabel="marked", ylabel="right")
        axes.set_title(f"{reader}: error {calibration_error(bins):.2f}", fontsize=10)
    figure.tight_layout()
    figure.savefig(path, dpi=100)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    modes = parser.add_subparsers(dest="mode", required=True)
    fit = modes.add_parser("fit", help="make a calibration file")
    report = modes.add_parser("report", help="compare confidence with truth")
    for mode in (fit, report):
        mode.add_argument("--exact", type=Path, nargs="+", default=[], metavar="DIR", help="vector charts")
        mode.add_argument("--model", metavar="NAME", help="nano, a folder or a name")
        mode.add_argument("--truth", type=Path, nargs="+", default=[], metavar="DIR", help="charts for the model")
        mode.add_argument("--fresh", type=int, default=0, metavar="COUNT", help="plain charts drawn now, for the model")
        mode.add_argument("--drawn", type=int, default=0, metavar="COUNT", help="charts drawn now as for training")
    fit.add_argument("--seed", type=int, default=50_000)
    fit.add_argument("-o", "--output", type=Path, help="instead of beside what it belongs to; with one reader")
    report.add_argument("--seed", type=int, default=60_000)
    report.add_argument("--picture", type=Path)
    wanted = parser.parse_args()
    if not wanted.exact and not (wanted.model and (wanted.truth or wanted.fresh or wanted.drawn)):
        parser.error("give --exact DIR, or --model NAME with --fresh COUNT, --drawn COUNT or --truth DIR")
    return wanted


def observe(wanted: argparse.Namespace) -> dict[str, list[Seen]]:
    """What was asked for, by reader."""
    seen: dict[str, list[Seen]] = {}
    if wanted.exact:
        seen["exact"] = [one for folder in wanted.exact for one in seen_exactly(folder)]
    if wanted.model:
        with tempfile.TemporaryDirectory() as scratch:
            folders = list(wanted.truth)
            for count, draws in ((wanted.drawn, drawn), (wanted.fresh, fresh)):
                if count:
                    folders.insert(0, draws(count, wanted.seed, Path(scratch)))
            seen[wanted.model] = [one for folder in folders for one in seen_by(wanted.model, folder)]
    return seen


def _write(reader: str, seen: Sequence[Seen], output: Path | None) -> Path:
    curve = fitted(reader, TOLERANCE["exact" if reader == "exact" else "model"], seen)
    beside = EXACT if reader == "exact" else find_checkpoint(reader, download=False).folder / calibration.FILE_NAME
    path = output or beside
    path.write_text(curve.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return path


def main() -> int:
    """Fit or report; returns the exit code."""
    wanted = _arguments()
    seen = observe(wanted)
    for reader, of_reader in seen.items():
        if wanted.mode == "fit":
            print(f"{_write(reader, of_reader, wanted.output)}: {len(of_reader)} series")
        else:
            print("\n".join(table(reader, TOLERANCE["exact" if reader == "exact" else "model"], of_reader)), end="\n\n")
    if wanted.mode == "report" and wanted.picture:
        draw(seen, wanted.picture)
    return 0


if __name__ == "__main__":
    sys.exit(main())
