"""Output folders as runs leave them, made up: many charts, and documents that mean harm."""

import random
from pathlib import Path

from PIL import Image

from mineru_cli.outputs.gather import Records, record_path
from mineru_cli.outputs.names import Names
from mineru_cli.outputs.page import write_page
from mineru_cli.schema import (
    Axis,
    Chart,
    Counts,
    Document,
    Failure,
    Figure,
    Flag,
    Point,
    RunReport,
    Series,
    SourceRecord,
)

WORDS = ["Coal", "Gas", "Wind", "Solar", "Hydro", "Imports", "Exports", "Output", "Demand", "Price", "Growth", "Share"]
KINDS = ["bar", "line", "pie", "scatter", "bar_stacked", "area"]
PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="480" height="300"><rect width="480" height="300" fill="#fff"/>'
    + "".join(
        f'<rect x="{20 + 40 * k}" y="{40 + 7 * k}" width="30" height="{250 - 7 * k}" fill="#0072b2"/>'
        for k in range(11)
    )
    + "</svg>\n"
)


def chart(*series, columns=None, rows=None, **fields):
    """A chart whose table is that of its first series, unless told otherwise."""
    points = series[0].points if series else []
    shown = [[str(point.x), point.raw or f"{point.y}"] for point in points]
    names = ["x", *(one.name for one in series[:1])]
    given = {"columns": names if columns is None else columns, "rows": shown if rows is None else rows}
    return Chart(series=list(series), **given, **{"type": "bar", **fields})


def series(name, values, xs=None, **fields):
    xs = [f"item {k}" for k in range(len(values))] if xs is None else xs
    points = [Point(x=x, y=y, raw="" if y is None else f"{y:g}") for x, y in zip(xs, values, strict=True)]
    return Series(name=name, points=points, **fields)


def figure(number, content=None, *, page=1, **fields):
    name = f"p{page:03d}-f{number}"
    return Figure(
        **{
            "id": name, "page": page, "kind": "chart", "box": (0, 0, 300, 200), "unit": "pt", "dpi": 200,
            "pixels": (64, 40), "chart": content, "csv": None, **fields,
        }
    )  # fmt: skip


def document(name, *figures, source=None, failures=(), **fields):
    record = SourceRecord(path=str(source or name), kind="pdf", bytes=1000, sha256="0" * 64)
    given = {"status": "partial" if failures else "done", "page_count": 3, **fields}
    return Document(name=name, source=record, figures=list(figures), failures=list(failures), **given)


def random_document(number, charts):
    """A document of a report's kind: a title, two series, some with flags."""
    rng = random.Random(number)
    figures = []
    for k in range(charts):
        xs = [str(year) for year in range(2010, 2010 + rng.randint(4, 14))]
        both = [series(name, [round(rng.uniform(1, 900), 1) for _ in xs], xs) for name in rng.sample(WORDS, 2)]
        flags = [Flag(code=rng.choice(["cut", "off_axis", "unnamed"]), message="Some of it may be missing.")]
        figures.append(
            figure(
                1,
                chart(
                    *both,
                    type=rng.choice(KINDS),
                    title=f"{rng.choice(WORDS)} and {rng.choice(WORDS)} by year, {number}.{k}",
                    columns=["Year", *(one.name for one in both)],
                    rows=[[x, *(f"{one.points[row].y}" for one in both)] for row, x in enumerate(xs)],
                    y=Axis(label="TWh", unit="TWh"),
                    flags=flags if rng.random() < 0.2 else [],
                    read_by=rng.choice(["exact", "model"]),
                    confidence=round(rng.uniform(0.5, 1), 2),
                ),
                page=k + 1,
                caption=f"Figure {k + 1}: what {rng.choice(WORDS)} did.",
            )
        )
    return document(f"reports/{number:04d}.pdf", *figures)


def write_output(root: Path, documents, *, pictures=True, **report):
    """Records, crops and pictures as a run leaves them, and the page over them; the page's path."""
    crop = root / "crop.png"
    root.mkdir(parents=True, exist_ok=True)
    Image.effect_noise((64, 40), 60).save(crop)
    for one in documents:
        record_path(root, one.name).parent.mkdir(parents=True, exist_ok=True)
        record_path(root, one.name).write_text(one.model_dump_json())
        (root / one.name).mkdir(parents=True, exist_ok=True)
        for each in one.figures if pictures else ():
            (root / one.name / f"{each.id}.png").hardlink_to(crop)
            (root / one.name / f"{each.id}.svg").write_text(PICTURE)
    records = Records(root=root, names=[one.name for one in documents])
    write_page(root, records, report_of(documents, **report))
    return root / "index.html"


def report_of(documents, **fields):
    """What a run would say of these documents."""
    figures = [one for each in documents for one in each.figures]
    charts = [one.chart for one in figures if one.chart is not None]
    counts = Counts(
        documents=len(documents),
        pages=sum(one.page_count for one in documents),
        charts=len(charts),
        charts_flagged=sum(bool(one.flags) for one in charts),
        points=sum(len(one.points) for each in charts for one in each.series),
    )
    given = {"started": "then", "finished": "now", "seconds": 1, "exit_code": 0, "output": "out", "counts": counts}
    failures = [failure for one in documents for failure in one.failures]
    return RunReport(**{**given, "failures": failures, **fields})


HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)><!-- \" ' & \u2028\u2029\0"
NAME = Names().claim("a b/<script>'\"#?%20&;é图🙂\u202e\udcff.pdf")
"""What a name in the output can hold of it; the rest can only come from inside documents."""


def hostile_document():
    """Everything that could leave its place: markup, quotes, the other direction of writing, very long, very many."""
    many = series("many", [float(k % 97) for k in range(10_000)], list(range(10_000)))
    wide = chart(series(HOSTILE, [1, 2]), columns=[f"c{k}" for k in range(100)], rows=[["1"] * 100])
    failure = Failure(code="bad", message=f"x.pdf: {HOSTILE}", cure=HOSTILE, document=NAME, page=3, figure="p003-f1")
    return document(
        NAME,
        figure(1, chart(series(HOSTILE, [1, 2], [HOSTILE, "=1+1"]), title=HOSTILE, type=HOSTILE), caption=HOSTILE),
        figure(2, chart(series("עברית", [1, -2]), title="כותרת الرسم " + "🙂" * 9)),
        figure(
            3, chart(series("x" * 3000, [1, 2]), title="W" * 5000, flags=[Flag(code="c" * 300, message="m" * 5000)])
        ),
        figure(1, chart(many, title="ten thousand"), page=2, csv=f"{NAME}/p002-f1.csv"),
        figure(2, wide, page=2),
        figure(3, chart(title="nothing read"), page=2),
        figure(1, None, page=3),
        figure(2, chart(type="photo", flags=[Flag(code="not_a_chart", message="It is none.")]), page=3, kind="other"),
        failures=[failure],
    )
