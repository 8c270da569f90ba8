"""pgfplots sources."""

from generators.specs import Spec

KINDS = (
    "bar",
    "bar_rotated",
    "hbar",
    "grouped",
    "stacked",
    "bar_negative",
    "hgrouped",
    "hstacked",
    "stacked100",
    "bar_labelled",
    "line1",
    "line3",
    "line4dense",
    "line_log",
    "loglog",
    "line_si",
    "scatter1",
    "scatter3",
    "area",
    "line_bw",
    "step",
    "errorbar",
)
_FLAT = {"hbar", "hgrouped", "hstacked"}


def _clean(text: str) -> str:
    return text.replace("%", r"\%").replace("_", r"\_")


def pgfplots(spec: Spec) -> str:
    """One axis environment."""
    kind = spec.kind
    options = [f"title={{{_clean(spec.title)}}}", "width=11cm", "height=7.5cm"]
    across, up = (spec.ylabel, spec.xlabel) if kind in _FLAT else (spec.xlabel, spec.ylabel)
    options += [f"xlabel={{{_clean(across)}}}", f"ylabel={{{_clean(up)}}}"]
    if spec.categorical:
        names = ",".join(_clean(text) for text in spec.x)
        if kind in _FLAT:
            options += [
                "xbar stacked" if kind == "hstacked" else "xbar",
                f"symbolic y coords={{{names}}}",
                "ytick=data",
            ]
        else:
            options.append("ybar stacked" if kind in {"stacked", "stacked100"} else "ybar")
            options += [f"symbolic x coords={{{names}}}", "xtick=data", "enlarge x limits=0.1"]
        if kind != "bar_negative":
            options.append("xmin=0" if kind in _FLAT else "ymin=0")
        if kind == "bar_labelled":
            options.append("nodes near coords")
        if kind == "bar_rotated":
            options.append("x tick label style={rotate=45,anchor=east}")
        if len(spec.names) == 1:
            options.append("bar width=9pt")
    elif spec.xlabel == "Year":
        options.append("x tick label style={/pgf/number format/1000 sep=}")
    if spec.style % 2:
        options.append("grid=major")
    if len(spec.names) > 1:
        options.append(
            "legend pos=outer north east"
            if spec.style < 2
            else "legend style={at={(0.5,-0.25)},anchor=north,legend columns=-1}"
        )
    if kind == "area":
        options += ["stack plots=y", "area style", "enlarge x limits=false"]
    environment = {("log", "log"): "loglogaxis", ("linear", "log"): "semilogyaxis"}.get(
        (spec.x_scale, spec.y_scale), "axis"
    )
    return (
        f"\\begin{{tikzpicture}}\\begin{{{environment}}}[{', '.join(options)}]\n"
        + _plots(spec)
        + f"\\end{{{environment}}}\\end{{tikzpicture}}\n\\newpage\n"
    )


def _plots(spec: Spec) -> str:
    kind, out = spec.kind, []
    for k, name in enumerate(spec.names):
        if spec.points:
            pairs, style = [(f"{x:g}", y) for x, y in spec.points[k]], "+[only marks]"
        else:
            pairs = list(zip(spec.x, spec.columns[k], strict=True))
            style = {"line4dense": "+[no marks]", "line_log": "+[no marks]", "line_si": "+[no marks,thick]", "step": "+[const plot,no marks]",
                     "line_bw": f"[black,{['solid', 'dashed', 'dotted'][k % 3]},mark={['*', 'square', 'triangle'][k % 3]},mark options=solid]"}.get(kind, "+")  # fmt: skip
        if kind in _FLAT:
            pairs = [(y, x) for x, y in pairs]  # type: ignore[misc]  # written as text below
        if spec.errors:
            body = " ".join(f"({x},{y:.10g}) +- (0,{e:g})" for (x, y), e in zip(pairs, spec.errors, strict=True))
            style = "+[error bars/.cd,y dir=both,y explicit]"
        else:
            body = " ".join(
                f"({_clean(str(x))},{y if isinstance(y, str) else format(y, '.10g')})"
                if not isinstance(x, float)
                else f"({x:.10g},{_clean(str(y))})"
                for x, y in pairs
            )
        closing = " \\closedcycle" if kind == "area" else ""
        out.append(f"\\addplot{style} coordinates {{{body}}}{closing};")
        if len(spec.names) > 1:
            out.append(f"\\addlegendentry{{{_clean(name)}}}")
    return "\n".join(out) + "\n"
