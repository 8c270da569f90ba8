"""Charts as Vega-Lite: every kind there is makes a valid specification that says what the chart says."""

import json
from importlib.resources import files

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mineru_cli.outputs.vega import chart_spec, figure_spec
from mineru_cli.schema import Axis, Chart, Point, Series
from tests.page_inputs import chart, figure, series

PUBLISHED = json.loads(files("altair").joinpath("vegalite/v6/schema/vega-lite-schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft7Validator(PUBLISHED)
DATES = ["2020-01-01", "2020-02-01", "2020-04-01"]


def with_ends(name, values, **fields):
    points = [Point(x=f"item {k}", y=y, low=y - 1, high=y + 1) for k, y in enumerate(values)]
    return Series(name=name, points=points, **fields)


BAND = Series(name="Mean (band)", points=[Point(x=x, y=None, low=x - 1, high=x + 1) for x in (1, 2, 3)])
CHARTS = {
    "bars": chart(series("a", [1, 2, 3])),
    "grouped": chart(series("a", [1, 2, 3]), series("b", [3, None, 1])),
    "stacked": chart(series("a", [1, -2]), series("b", [3, -4]), type="bar_stacked"),
    "errors": chart(with_ends("a", [1, 2]), with_ends("b", [3, 4])),
    "lines": chart(series("a", [1, 2, 3], [1, 2, 3]), series("b", [3, None, 1], [1, 2, 3]), type="line"),
    "dates": chart(series("a", [1, 2, 3], DATES), type="line", x=Axis(scale="date")),
    "band": chart(series("Mean", [1, 2, 3], [1, 2, 3]), BAND, type="line"),
    "areas": chart(series("a", [1, 2], [1, 2]), series("b", [1, 2], [1, 2]), type="area_stacked"),
    "scatter": chart(series("a", [1, 200], [1, 10]), type="scatter", x=Axis(scale="log"), y=Axis(scale="log")),
    "histogram": chart(series("n", [1, 5, 2], [0.5, 1.5, 2.5]), type="histogram"),
    "pie": chart(series("share", [40, 60]), type="pie"),
    "pies": chart(series("2019", [40, 60]), series("2020", [50, 50]), type="pie"),
    "negative pie": chart(series("share", [-40, 60]), type="pie"),
    "heat map": chart(series("a", [1, 2]), series("b", [3, 4]), type="heatmap"),
    "bars and line": chart(series("a", [1, 2]), series("b", [30, 40], axis="y2"), type="bar_line", y2=Axis(label="°C")),
    "two axes": chart(series("a", [1, 2], [1, 2]), series("b", [30, 40], [1, 2], axis="y2"), type="line"),
    "unknown": chart(series("a", [1, 2], [1.5, 2.5]), type="unknown", x=Axis(scale="linear")),
    "unheard of": chart(series("a", [1, 2]), type="marimekko"),
    "same names": chart(series("a", [1, 2], ["x", "x"]), series("a", [3, 4], ["x", "x"])),
    "radar": chart(series("a", [1, 2, 3]), series("b", [3, 2, 1]), type="radar"),
    "box": chart(series("least", [1, 2]), series("median", [3, 4]), type="box"),
    "not finite": chart(series("a", [1, float("inf"), float("nan")])),
}


def spec(name, **how):
    return chart_spec(CHARTS[name], **how)


def marks(one):
    """The marks of a specification, layers and all."""
    inner = one.get("layer", [])
    own = [one["mark"] if isinstance(one["mark"], str) else one["mark"]["type"]] if "mark" in one else []
    return own + [mark for layer in inner for mark in marks(layer)]


@pytest.mark.parametrize("horizontal", [False, True])
@pytest.mark.parametrize("name", CHARTS)
def test_it_is_valid_by_the_published_schema(name, horizontal):
    one = spec(name, horizontal=horizontal)
    VALIDATOR.validate(one)
    json.dumps(one, allow_nan=False)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("grouped", ["bar"]),
        ("errors", ["bar", "rule"]),
        ("band", ["area", "line"]),
        ("bars and line", ["bar", "line"]),
        ("pie", ["arc", "text"]),
        ("negative pie", ["bar"]),
        ("heat map", ["rect"]),
        ("scatter", ["point"]),
        ("unknown", ["line"]),
        ("unheard of", ["bar"]),
    ],
)
def test_each_kind_has_its_marks(name, expected):
    assert marks(spec(name)) == expected


def test_every_number_is_in_the_data_as_it_was_read():
    rows = spec("grouped")["data"]["values"]
    assert [(row["series"], row["x"], row["y"]) for row in rows] == [
        ("a", "item 0", 1), ("a", "item 1", 2), ("a", "item 2", 3),
        ("b", "item 0", 3), ("b", "item 1", None), ("b", "item 2", 1),
    ]  # fmt: skip


def test_bars_beside_one_another_stacked_and_lying():
    assert spec("grouped")["encoding"]["xOffset"]["field"] == "series"
    assert spec("stacked")["encoding"]["y"]["stack"] == "zero"
    lying = spec("grouped", horizontal=True)["encoding"]
    assert (lying["y"]["field"], lying["x"]["field"]) == ("x", "y")
    assert "yOffset" in lying


def test_what_lies_in_the_document_lies_again():
    numeric, names = Axis(scale="linear"), Axis(scale="category")
    bars = chart(series("a", [1, 2]), x=names, y=numeric)
    assert figure_spec(figure(1, bars, axes={"x": numeric, "y": names}))["encoding"]["x"]["field"] == "y"
    assert figure_spec(figure(1, bars, axes={"x": names, "y": numeric}))["encoding"]["x"]["field"] == "x"
    answered = bars.model_copy(update={"raw": "<|sub|>horizontal bar<|sub|>"})
    assert figure_spec(figure(1, answered))["encoding"]["x"]["field"] == "y"


def test_scales_are_those_of_the_drawing():
    assert spec("scatter")["encoding"]["x"]["scale"]["type"] == "log"
    assert spec("dates")["encoding"]["x"]["scale"]["type"] == "utc"
    drawn = Axis(scale="linear", minimum=10.0, maximum=50.0)
    reads = chart(series("a", [20, 55], [1, 2]), type="line", y=drawn)
    assert chart_spec(reads)["encoding"]["y"]["scale"]["domain"] == [10.0, 55.0]  # wide enough for what was read


def test_a_log_axis_with_values_that_have_no_logarithm_is_linear():
    one = chart_spec(chart(series("a", [0, 5], [1, 2]), type="line", y=Axis(scale="log")))
    assert "type" not in one["encoding"]["y"]["scale"]


def test_two_value_axes_are_independent():
    one = spec("two axes")
    assert one["resolve"] == {"scale": {"y": "independent"}}
    assert one["layer"][1]["layer"][0]["encoding"]["y"]["axis"]["orient"] == "right"


def test_axes_and_chart_have_their_titles_and_units():
    titled = chart(series("a", [1]), title="Sales", x=Axis(label="Shop"), y=Axis(label="Sum", unit="EUR"))
    one = chart_spec(titled)
    assert one["title"]["text"] == ["Sales"]
    assert one["encoding"]["x"]["title"] == ["Shop"]
    assert one["encoding"]["y"]["title"] == ["Sum (EUR)"]


def test_series_and_items_of_one_name_are_told_apart():
    rows = spec("same names")["data"]["values"]
    assert {row["series"] for row in rows} == {"a", "a (2)"}
    assert {row["x"] for row in rows} == {"x", "x (2)"}


def test_without_a_number_there_is_nothing_to_draw():
    assert chart_spec(chart()) is None
    assert chart_spec(chart(series("a", [None, None]))) is None
    assert figure_spec(figure(1, None)) is None


numbers = st.none() | st.integers(-(10**30), 10**30) | st.floats()
places = st.none() | st.floats(allow_nan=False) | st.integers(-(10**6), 10**6) | st.text(max_size=8)
points = st.builds(Point, x=places, y=numbers, low=st.none() | st.floats(), high=st.none() | st.floats())
all_series = st.builds(
    Series, name=st.text(max_size=6), axis=st.sampled_from(["y", "y2"]), points=st.lists(points, max_size=4)
)
axes = st.builds(
    Axis,
    label=st.text(max_size=9),
    scale=st.sampled_from([None, "linear", "log", "date", "category"]),
    minimum=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    maximum=st.none() | st.floats(allow_nan=False, allow_infinity=False),
)
kinds = st.sampled_from(
    ["bar", "bar_line", "bar_stacked", "line", "area", "pie", "heatmap", "histogram", "unknown", "x_y"]
)


@settings(max_examples=60, deadline=None)
@given(st.builds(Chart, type=kinds, x=axes, y=axes, y2=st.none() | axes, series=st.lists(all_series, max_size=3)))
def test_whatever_was_read_makes_a_valid_specification_or_none(one):
    for horizontal in (False, True):
        made = chart_spec(one, horizontal=horizontal)
        if made is not None:
            VALIDATOR.validate(made)
            json.dumps(made, allow_nan=False)
