"""The output schema: what the JSON files hold, as pydantic models.

Comes in: values from any reader. Goes out: JSON, and the published JSON Schema (docs/schema/*.json,
tested to be current). Knows nothing of PDFs, models, files or terminals.

Lengths are in the unit a figure names: PDF points (1/72 inch, origin at the top left of the page as
displayed) for PDFs, pixels for picture files.
"""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

DOCUMENT_SCHEMA: Final = "mineru-extract/document/1"
RUN_SCHEMA: Final = "mineru-extract/run/1"

Scale = Literal["linear", "log", "date", "category"]
ReadBy = Literal["exact", "model", "server"]
Unit = Literal["pt", "px"]
AxisName = Literal["x", "y", "y2"]
Status = Literal["done", "partial", "failed", "duplicate"]
Box = tuple[float, float, float, float]
Probability = Annotated[float, Field(ge=0, le=1)]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, serialize_by_alias=True, populate_by_name=True)

    @field_validator("*", mode="before")
    @classmethod
    def _encodable(cls, value: Any) -> Any:
        """File names need not be Unicode: what cannot be written as UTF-8 is written as its escape."""
        if not isinstance(value, str) or value.isascii():
            return value
        return value.encode("utf-8", "backslashreplace").decode("utf-8")


class Flag(_Record):
    """A doubt about a value, a series or a chart: a stable code and a sentence for people."""

    code: str
    message: str


class Step(_Record):
    """One thing done to a page or a crop before it was read, with its parameters."""

    name: str
    detail: dict[str, str | int | float | bool | tuple[int, int]] = {}


class Failure(_Record):
    """Something that could not be read, and why."""

    code: str
    message: str
    cure: str = ""
    document: str = ""
    page: int | None = None
    figure: str | None = None


class Axis(_Record):
    """An axis of a chart. ``residual`` and ``resolution`` are in the axis's own unit, and known for exact charts."""

    label: str = ""
    unit: str = ""
    scale: Scale | None = None
    minimum: float | None = None
    maximum: float | None = None
    residual: float | None = None
    resolution: float | None = None


class Point(_Record):
    """One datum. ``raw`` is its text as printed or as answered; empty when it was measured from geometry.

    ``x`` is a number, a category, or a date as ISO 8601 text. ``y`` is null where the text is no number: a
    number is never invented. ``printed`` says whether the number also stands as text inside the figure
    (null where the page has no text to compare with). ``low`` and ``high`` are the ends of an error bar.
    """

    x: int | float | str | None
    y: int | float | None
    raw: str = ""
    low: float | None = None
    high: float | None = None
    printed: bool | None = None


class Series(_Record):
    """The points of one colour, line or column. ``axis`` tells against which value axis they stand.

    ``unit`` is that of the ``y`` values; where it is empty they have the unit of their axis, if that has one.
    """

    name: str
    unit: str = ""
    axis: Literal["y", "y2"] = "y"
    points: list[Point] = []
    confidence: Probability | None = None
    flags: list[Flag] = []


class Chart(_Record):
    """The numbers of one chart.

    ``columns`` and ``rows`` are the table as text, the way a person would type it; ``series`` holds the same
    data as numbers. ``type`` is one of bar, bar_stacked, bar_line, line, area, scatter, pie, histogram, box, heatmap,
    radar, ... or ``unknown``. ``raw`` is the model's text, untouched.
    """

    type: str = "unknown"
    title: str = ""
    caption: str = ""
    x: Axis = Axis()
    y: Axis = Axis()
    y2: Axis | None = None
    columns: list[str] = []
    rows: list[list[str]] = []
    series: list[Series] = []
    read_by: ReadBy = "model"
    confidence: Probability | None = None
    flags: list[Flag] = []
    raw: str = ""


class Table(_Record):
    """A printed table: every cell as text, spanned cells repeated. ``raw`` is the model's text, untouched."""

    columns: list[str] = []
    rows: list[list[str]] = []
    flags: list[Flag] = []
    raw: str = ""


class Answer(_Record):
    """How the model answered: for judging speed and doubt, not needed to use the numbers.

    ``certainty`` is how sure the model itself was of the numbers, 0 to 1, as its probabilities say: models are often
    surer than they should be, so this is no ``confidence``. ``hesitations`` is where it was less than 99 % sure: places
    in the chart's ``raw`` and the probability of what begins there. Both are null where the engine cannot tell.
    """

    task: str
    stop: Literal["end", "length", "repetition", "time"]
    tokens: int
    seconds: float
    precision: str
    rung: str
    certainty: Probability | None = None
    hesitations: dict[int, Probability] | None = None


class Figure(_Record):
    """A place on a page that was read, and what it gave.

    ``axes`` is what the PDF's own drawing tells of the axes of a chart that was left to the model.
    """

    id: str
    page: int
    kind: Literal["chart", "table", "other"]
    box: Box
    unit: Unit
    dpi: float
    pixels: tuple[int, int]
    caption: str = ""
    crop: str | None = None
    csv: str | None = None
    steps: list[Step] = []
    chart: Chart | None = None
    table: Table | None = None
    axes: dict[AxisName, Axis] = {}
    answer: Answer | None = None
    flags: list[Flag] = []


class Page(_Record):
    """A page of a document, or a frame of a picture file.

    ``kind``: text (nothing to read), figures (candidates found in the PDF itself), scan (one picture covers
    it: the model looked for figures), picture (a picture file).
    """

    number: int
    kind: Literal["text", "figures", "scan", "picture"]
    width: float
    height: float
    unit: Unit
    steps: list[Step] = []


class SourceRecord(_Record):
    """The input a document was read from. ``sha256`` is null when its bytes could not be read."""

    path: str
    kind: str
    bytes: int
    sha256: str | None


class Document(_Record):
    """Everything read from one input: the content of one JSON file.

    ``status``: done; partial (some pages or figures failed); failed (nothing could be read);
    duplicate (the same bytes as ``same_as``, which holds the figures). ``fingerprint`` stands for the options and
    versions it was read with.
    """

    schema_: Literal["mineru-extract/document/1"] = Field(default=DOCUMENT_SCHEMA, alias="schema")
    name: str
    source: SourceRecord
    status: Status
    same_as: str | None = None
    fingerprint: str = ""
    page_count: int = 0
    pages: list[Page] = []
    figures: list[Figure] = []
    failures: list[Failure] = []


class Counts(_Record):
    """What a run did, in numbers.

    Everything counts the whole output; ``resumed`` says how many of the documents were finished by an earlier run,
    and ``unfinished`` how many inputs this one was stopped before.
    """

    documents: int = 0
    done: int = 0
    partial: int = 0
    failed: int = 0
    duplicates: int = 0
    resumed: int = 0
    unfinished: int = 0
    ignored: int = 0
    pages: int = 0
    charts: int = 0
    charts_flagged: int = 0
    tables: int = 0
    not_charts: int = 0
    points: int = 0


class ReaderRecord(_Record):
    """One reader of a run on Ray: ``deaths`` is how often it was lost, ``stage_seconds`` are those since the last."""

    name: str
    host: str
    documents: int = 0
    deaths: int = 0
    engine: dict[str, str] = {}
    stage_seconds: dict[str, float] = {}


class RunReport(_Record):
    """The content of run.json: what a run did, for people and monitors. ``peak_memory`` is this process's, in bytes.

    ``shards`` names the share that was read, as ``3/8``, or all whose reports are summed up; empty for a whole run.
    Where several are summed up, ``seconds`` are added and ``peak_memory`` is the largest.
    """

    schema_: Literal["mineru-extract/run/1"] = Field(default=RUN_SCHEMA, alias="schema")
    started: str
    finished: str
    seconds: float
    exit_code: int
    output: str
    shards: list[str] = []
    counts: Counts
    read_by: dict[str, int] = {}
    rungs: dict[str, int] = {}
    flags: dict[str, int] = {}
    stage_seconds: dict[str, float] = {}
    engine: dict[str, str] = {}
    readers: list[ReaderRecord] = []
    peak_memory: int | None = None
    options: dict[str, str | int | float | bool | list[str] | None] = {}
    versions: dict[str, str] = {}
    failures: list[Failure] = []
