"""Draw made-up charts with programs that may be installed: python -m generators.make OUT --seeds 1 2.

Run from benchmarks/. Comes in: names of programs and seeds. Goes out: OUT/PROGRAM with a PDF and a CSV a chart and
manifest.csv. README.md says what each program needs; libraries of web pages are looked for under --js, a node_modules
folder. Programs that are missing are left out and named.
"""

import argparse
import importlib.util
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from generators import (
    asymptote,
    bokeh,
    calc,
    chartist,
    d3,
    g2,
    gnumeric,
    gnuplot,
    grace,
    jfreechart,
    lattice,
    letsplot,
    nivo,
    observable,
    octave,
    plplot,
    pygal,
    pyx,
    qtcharts,
    rcharts,
    reportlab,
    specs,
    stories,
    tex,
    veusz,
    victory,
    web,
    weblibs,
    webmore,
)
from generators.paper import print_page, run, split
from generators.specs import Spec


def draw_r(charts: Sequence[Spec], folder: Path, source: Callable[[Spec, str], str], library: str) -> None:
    """One R script for all charts."""
    script = folder / "charts.R"
    script.write_text(library + "".join(source(spec, f"{spec.name}.pdf") for spec in charts), encoding="utf-8")
    run(["Rscript", script.name], folder)
    script.unlink()


_SCRIPTS = {
    "plotly": ["plotly.js-dist-min/plotly.min.js"],
    "vega": ["vega/build/vega.min.js", "vega-lite/build/vega-lite.min.js"],
    "echarts": ["echarts/dist/echarts.min.js"],
    "highcharts": ["highcharts/highcharts.js"],
}
_STYLE = (
    "@page{size:760px 520px;margin:10px} .p{page-break-after:always;height:480px} body{margin:0} "
    ".p>div{width:600px;height:400px}"
)


def _call(program: str, spec: Spec, k: int) -> str:
    """The JavaScript that draws one chart into its cell."""
    if program == "plotly":
        figure = web.plotly(spec)
        figure["layout"] |= {"template": None, "plot_bgcolor": "white"}
        return f"await Plotly.newPlot('c{k}',{json.dumps(figure['data'])},{json.dumps(figure['layout'])},{{staticPlot:true}});"
    if program == "vega":
        view = f"vega.parse(vegaLite.compile({json.dumps(web.vega(spec))}).spec)"
        return f"await new vega.View({view},{{renderer:'svg',container:'#c{k}'}}).runAsync();"
    if program == "echarts":
        cell = f"document.getElementById('c{k}')"
        return f"echarts.init({cell},null,{{renderer:'svg'}}).setOption({json.dumps(webmore.echarts(spec))});"
    return f"Highcharts.chart('c{k}',{json.dumps(webmore.highcharts(spec))});"


def draw_web(charts: Sequence[Spec], folder: Path, js: Path, program: str) -> None:
    """One page a chart, printed together and cut apart."""
    scripts = "".join(f'<script src="{(js / name).resolve().as_uri()}"></script>' for name in _SCRIPTS[program])
    cells = "".join(f'<div class="p"><div id="c{k}"></div></div>' for k in range(len(charts)))
    calls = "".join(_call(program, spec, k) for k, spec in enumerate(charts))
    head = f"<style>{_STYLE}</style>{scripts}"
    print_page(head, f"{cells}<script>(async()=>{{{calls}}})()</script>", charts, folder, doctype="")


def draw_tex(charts: Sequence[Spec], folder: Path) -> None:
    """One document with a chart a page, cut apart."""
    head = "\\documentclass{article}\\usepackage[paperwidth=17cm,paperheight=12cm,margin=1cm]{geometry}\\usepackage{pgfplots}\\pgfplotsset{compat=1.17}\\pagestyle{empty}\\parindent0pt\\begin{document}\n"
    (folder / "charts.tex").write_text(
        head + "".join(map(tex.pgfplots, charts)) + "\\end{document}\n", encoding="utf-8"
    )
    run(["pdflatex", "-interaction=nonstopmode", "charts.tex"], folder)
    split(folder / "charts.pdf", charts, folder)
    for rest in folder.glob("charts.*"):
        rest.unlink()


_STORIES = {
    "apexcharts": (weblibs.APEX_KINDS, weblibs.draw_apex, ["chromium"]),
    "asymptote": (asymptote.ASYMPTOTE_KINDS, asymptote.draw, ["asy", "pdflatex"]),
    "billboard": (weblibs.BILLBOARD_KINDS, weblibs.draw_billboard, ["chromium"]),
    "bokeh": (bokeh.BOKEH_KINDS, bokeh.draw, ["chromium", "import bokeh"]),
    "calc": (calc.CALC_KINDS, calc.draw, ["soffice", "import xlsxwriter"]),
    "chartist": (chartist.CHARTIST_KINDS, chartist.draw, ["chromium"]),
    "d3": (d3.D3_KINDS, d3.draw, ["chromium"]),
    "g2": (g2.G2_KINDS, g2.draw, ["chromium"]),
    "gnumeric": (gnumeric.GNUMERIC_KINDS, gnumeric.draw, ["ssconvert", "import xlsxwriter"]),
    "gnuplot": (gnuplot.GNUPLOT_KINDS, gnuplot.draw, ["gnuplot"]),
    "grace": (grace.GRACE_KINDS, grace.draw, ["gracebat", "gs"]),
    "jfreechart": (jfreechart.JFREECHART_KINDS, jfreechart.draw, ["java"]),
    "lattice": (lattice.LATTICE_KINDS, lattice.draw, ["Rscript"]),
    "letsplot": (letsplot.LETSPLOT_KINDS, letsplot.draw, ["chromium", "import lets_plot"]),
    "nivo": (nivo.NIVO_KINDS, nivo.draw, ["chromium"]),
    "observable": (observable.OBSERVABLE_KINDS, observable.draw, ["chromium"]),
    "octave": (octave.OCTAVE_KINDS, octave.draw, ["octave", "xvfb-run"]),
    "plplot": (plplot.PLPLOT_KINDS, plplot.draw, ["import plplot"]),
    "pygal": (pygal.PYGAL_KINDS, pygal.draw, ["import pygal", "import cairosvg"]),
    "pyx": (pyx.PYX_KINDS, pyx.draw, ["import pyx", "latex"]),
    "qtcharts": (qtcharts.QTCHARTS_KINDS, qtcharts.draw, ["import PySide6"]),
    "reportlab": (reportlab.REPORTLAB_KINDS, reportlab.draw, ["import reportlab"]),
    "veusz": (veusz.VEUSZ_KINDS, veusz.draw, ["veusz"]),
    "victory": (victory.VICTORY_KINDS, victory.draw, ["chromium"]),
}
"""Programs drawn from stories: their kinds, what draws them, the commands and the Python packages they need."""
_LIBRARIES = {
    "apexcharts": "apexcharts",
    "billboard": "billboard.js",
    "chartist": "chartist",
    "d3": "d3",
    "g2": "@antv/g-svg",
    "jfreechart": str(jfreechart.JARS / "jfreechart.jar"),
    "nivo": "@nivo/scatterplot",
    "observable": "@observablehq/plot",
    "victory": "victory",
}


def missing(program: str, js: Path) -> str:
    """What a program of `_STORIES` lacks to be drawn, empty for nothing."""
    for need in _STORIES[program][2]:
        package = need.removeprefix("import ")
        if (importlib.util.find_spec(package) if package != need else shutil.which(need)) is None:
            return need
    library = _LIBRARIES.get(program)
    return str(js / library) if library and not (js / library).exists() else ""


def draw_stories(program: str, options: argparse.Namespace) -> None:
    """Draw one program's stories; the truth is written last, for drawing settles what the axes show."""
    kinds, draw, _ = _STORIES[program]
    js = options.js.resolve()
    if lack := missing(program, js):
        print(f"{program}: {lack} is not installed")
        return
    charts = [stories.tell(program, kind, seed) for seed in options.seeds for kind in kinds]
    folder = options.out / program
    with tempfile.TemporaryDirectory() as scratch:
        draw(charts, Path(scratch), js)
        specs.write_truth(charts, folder)
        for spec in charts:
            shutil.move(Path(scratch) / f"{spec.name}.pdf", folder / f"{spec.name}.pdf")
    print(f"{program}: {len(charts)} charts in {folder}")


def main() -> int:
    """Draw the charts asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--programs", nargs="+", default=["rbase", "ggplot2", "vega", "plotly", "pgfplots"])
    parser.add_argument("--js", type=Path, default=Path("node_modules"))
    options = parser.parse_args()
    kinds = {
        "rbase": rcharts.BASE_KINDS,
        "ggplot2": rcharts.GG_KINDS,
        "vega": web.VEGA_KINDS,
        "plotly": web.PLOTLY_KINDS,
        "pgfplots": tex.KINDS,
        "echarts": webmore.KINDS,
        "highcharts": webmore.KINDS,
    }
    needs = {"rbase": "Rscript", "ggplot2": "Rscript", "pgfplots": "pdflatex"}
    for program in options.programs:
        if program in _STORIES:
            draw_stories(program, options)
            continue
        if shutil.which(needs.get(program, "chromium")) is None:
            print(f"{program}: {needs.get(program, 'chromium')} is not installed")
            continue
        charts = [specs.make(program, kind, seed) for seed in options.seeds for kind in kinds[program]]
        folder = options.out / program
        specs.write_truth(charts, folder)
        with tempfile.TemporaryDirectory() as scratch:
            work = Path(scratch)
            if program in _SCRIPTS:
                draw_web(charts, work, options.js.resolve(), program)
            elif program == "pgfplots":
                draw_tex(charts, work)
            else:
                draw_r(
                    charts,
                    work,
                    rcharts.base if program == "rbase" else rcharts.ggplot,
                    "library(ggplot2)\n" if program == "ggplot2" else "",
                )
            for pdf in work.glob("*.pdf"):
                shutil.move(pdf, folder / pdf.name)
        print(f"{program}: {len(charts)} charts in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
