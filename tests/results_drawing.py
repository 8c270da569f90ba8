"""Records made up on the spot, for what is written from them."""

from mineru_cli.schema import Axis, Chart, Document, Failure, Figure, Flag, Point, Series, SourceRecord, Table


def series(name, *pairs, **more):
    """A series from pairs of x and y; a y that is text is no number."""
    points = [
        Point(x=x, y=None if isinstance(y, str) else y, raw=y if isinstance(y, str) else f"{y:g}") for x, y in pairs
    ]
    return Series(name=name, points=points, **more)


def bars(**more):
    """Two series over names, one value missing and one that is text."""
    given = {
        "type": "bar",
        "title": "Cost by item",
        "x": Axis(label="Item", scale="category"),
        "y": Axis(label="Cost", unit="EUR", scale="linear", minimum=0.0000012, maximum=49.9999),
        "columns": ["Item", "2023", "2024"],
        "rows": [["Rent", "42", "45.5"], ["Food", "n/a", "17"], ["Fuel", "", "-3"]],
        "series": [
            series("2023", ("Rent", 42), ("Food", "n/a")),
            series("2024", ("Rent", 45.5), ("Food", 17), ("Fuel", 3)),
        ],
        "confidence": 0.9,
        "flags": [Flag(code="not_a_number", message="1 value is no plain number.")],
    }
    return Chart(**(given | more))


def figure(chart=None, *, page=1, place="p001-f1", **more):
    """A figure of a PDF page."""
    given = {"id": place, "page": page, "kind": "chart", "box": (0, 0, 300, 200), "unit": "pt", "dpi": 200.0}
    return Figure(**(given | {"pixels": (800, 600), "chart": chart} | more))


def document(*figures, name="reports/q3.pdf", **more):
    """The record of a PDF."""
    given = {"source": SourceRecord(path=name, kind="pdf", bytes=1, sha256=None), "status": "done", "page_count": 4}
    return Document(**(given | {"name": name, "figures": list(figures)} | more))


def table(**more):
    """A printed table."""
    return Table(columns=["Code", "Sum"], rows=[["007", "1,493"], ["008", "12 %"]], **more)


def failure():
    """Something that was not read."""
    return Failure(code="broken", message="page 4 is broken", cure="Save it anew", document="reports/q3.pdf", page=4)


def write_record(folder, record):
    """Put a record where a run puts it."""
    path = folder / f"{record.name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(record.model_dump_json(indent=2), encoding="utf-8")
