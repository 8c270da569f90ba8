"""R sources: base graphics and ggplot2."""

from generators.specs import Spec

_BARS = "bar bar_rotated hbar grouped stacked bar_negative hgrouped hstacked stacked100 bar_labelled "
_LINES = "line1 line3 line4dense line_log loglog line_date line_si line_bw step errorbar scatter1 scatter3 "
BASE_KINDS = tuple((_BARS + _LINES + "secondary pie").split())
GG_KINDS = tuple((_BARS + _LINES + "area").split())


def _v(values: list[float]) -> str:
    return "c(" + ",".join(f"{v:.10g}" for v in values) + ")"


def _s(texts: list[str]) -> str:
    return "c(" + ",".join(f'"{t}"' for t in texts) + ")"


_COLOURS = (
    'c("#1b9e77","#d95f02","#7570b3","#e7298a")',
    'c("red","blue","darkgreen","orange")',
    "rainbow(4)",
    "palette()[2:5]",
)


def base(spec: Spec, pdf: str) -> str:
    """A chart by R's base graphics."""
    head = f'pdf("{pdf}", width={5 + spec.style}, height={4 + spec.style % 2})\ncols <- {_COLOURS[spec.style]}\n'
    words = f'main="{spec.title}", xlab="{spec.xlabel}", ylab="{spec.ylabel}"'
    return head + _base_body(spec, words) + "\ninvisible(dev.off())\n"


def _base_body(spec: Spec, words: str) -> str:
    data = "rbind(" + ",".join(_v(c) for c in spec.columns) + ")" if spec.columns else ""
    names, x = _s(spec.names), _s(spec.x)
    if spec.kind == "bar_labelled":
        top = 1.15 * max(spec.columns[0])
        return (
            f"b <- barplot({_v(spec.columns[0])}, names.arg={x}, col=cols[2], ylim=c(0,{top:g}), {words}, cex.names=0.7)\n"
            f"text(b, {_v(spec.columns[0])}, labels={_v(spec.columns[0])}, pos=3, cex=0.7)"
        )
    if spec.kind == "secondary":
        return (
            f"par(mar=c(5,4,4,4)); b <- barplot({_v(spec.columns[0])}, names.arg={x}, col='lightblue', las=2, {words})\n"
            f"par(new=TRUE); plot(b, {_v(spec.columns[1])}, type='o', pch=16, col='red', axes=FALSE, xlab='', ylab='', "
            f"xlim=par('usr')[1:2], xaxs='i')\n"
            f"axis(4); mtext('{spec.names[1]}', side=4, line=2.5)\n"
            f"legend('topleft', legend={names}, fill=c('lightblue', NA), border=c('black', NA), lty=c(NA,1), pch=c(NA,16), col=c(NA,'red'), bty='n')"
        )
    if spec.kind in {"hgrouped", "hstacked"}:
        beside = "TRUE" if spec.kind == "hgrouped" else "FALSE"
        k = len(spec.names)
        flipped = f'main="{spec.title}", xlab="{spec.ylabel}"'
        return (
            f"par(mar=c(5,6,4,7), xpd=TRUE); barplot({data}, beside={beside}, names.arg={x}, horiz=TRUE, las=1, col=cols[1:{k}], {flipped})\n"
            f'legend("topright", inset=c(-0.28,0), legend={names}, fill=cols[1:{k}], cex=0.8)'
        )
    if spec.kind in {"bar", "bar_negative"}:
        return f"barplot({_v(spec.columns[0])}, names.arg={x}, col=cols[1], {words}, cex.names=0.7)"
    if spec.kind == "bar_rotated":
        return f"par(mar=c(9,5,3,1)); barplot({_v(spec.columns[0])}, names.arg={x}, las=2, col=cols[2], {words})"
    if spec.kind == "hbar":
        flipped = f'main="{spec.title}", xlab="{spec.ylabel}"'
        return f"par(mar=c(5,6,3,1)); barplot({_v(spec.columns[0])}, names.arg={x}, horiz=TRUE, las=1, col=cols[3], {flipped})"
    if spec.kind in {"grouped", "stacked", "stacked100"}:
        beside = "TRUE" if spec.kind == "grouped" else "FALSE"
        top = (
            max(map(max, spec.columns))
            if spec.kind == "grouped"
            else max(sum(c) for c in zip(*spec.columns, strict=True))
        )
        k = len(spec.names)
        return (
            f"barplot({data}, beside={beside}, names.arg={x}, col=cols[1:{k}], ylim=c(0,{1.35 * top:g}), {words}, cex.names=0.8)\n"
            f'legend("topright", legend={names}, fill=cols[1:{k}], bty="{"n" if spec.style % 2 else "o"}", horiz={"TRUE" if spec.style > 1 else "FALSE"}, cex=0.8)'
        )
    if spec.kind == "pie":
        return f'pie({_v(spec.columns[0])}, labels={x}, main="{spec.title}", col=terrain.colors({len(spec.x)}))'
    return _base_xy(spec, words)


def _base_xy(spec: Spec, words: str) -> str:
    if spec.points:
        everything = [p for s in spec.points for p in s]
        out = [f"plot({_v([p[0] for p in everything])}, {_v([p[1] for p in everything])}, type='n', {words})"]
        for k, points in enumerate(spec.points):
            out.append(
                f"points({_v([p[0] for p in points])}, {_v([p[1] for p in points])}, pch={[19, 1, 17][k] if len(spec.points) > 1 else 1}, col=cols[{k + 1}])"
            )
        if len(spec.points) > 1:
            out.append(
                f'legend("{["topleft", "topright", "bottomleft", "bottomright"][spec.style]}", legend={_s(spec.names)}, pch=c(19,1,17), col=cols[1:3], cex=0.8)'
            )
        return "\n".join(out)
    x = f"as.Date({_s(spec.x)})" if spec.x_scale == "date" else _v(spec.numbers)
    low, high = min(map(min, spec.columns)), max(map(max, spec.columns))
    if spec.errors:
        low, high = low - max(spec.errors), high + max(spec.errors)
    log = {("log", "log"): "xy", ("linear", "log"): "y"}.get((spec.x_scale, spec.y_scale), "")
    bw = spec.kind == "line_bw"
    marks = {"line1": "b", "line3": "o", "line_bw": "o", "loglog": "o", "step": "s", "errorbar": "p"}.get(
        spec.kind, "l"
    )
    out = [f"x <- {x}", f"plot(x, {_v(spec.columns[0])}, type='n', log=\"{log}\", ylim=c({low:g},{high:g}), {words})"]
    for k, column in enumerate(spec.columns):
        colour = '"black"' if bw else f"cols[{k + 1}]"
        out.append(
            f"lines(x, {_v(column)}, type='{marks}', col={colour}, lty={k + 1 if bw else 1}, pch={[16, 2, 0, 4][k]}, lwd={1 + spec.style % 2})"
        )
    if spec.errors:
        y, e = _v(spec.columns[0]), _v(spec.errors)
        out.append(f"arrows(x, {y}-{e}, x, {y}+{e}, angle=90, code=3, length=0.04)")
    if len(spec.columns) > 1:
        keys = f"lty=1:{len(spec.columns)}" if bw else f"lty=1, col=cols[1:{len(spec.columns)}]"
        pch = f", pch=c(16,2,0,4)[1:{len(spec.columns)}]" if marks in {"b", "o"} else ""
        out.append(
            f'legend("{["topleft", "topright", "bottomleft", "bottomright"][spec.style]}", legend={_s(spec.names)}, {keys}{pch}, lwd={1 + spec.style % 2}, bty="{"n" if spec.style % 2 else "o"}", cex=0.8)'
        )
    return "\n".join(out)


_THEMES = ("theme_gray()", "theme_bw()", "theme_minimal()", "theme_classic()")


def ggplot(spec: Spec, pdf: str) -> str:
    """A chart by ggplot2."""
    rows_x, rows_y, rows_s = [], [], []
    if spec.points:
        for name, points in zip(spec.names, spec.points, strict=True):
            rows_x += [f"{p[0]:g}" for p in points]
            rows_y += [p[1] for p in points]
            rows_s += [name] * len(points)
    else:
        for name, column in zip(spec.names, spec.columns, strict=True):
            rows_x += spec.x
            rows_y += column
            rows_s += [name] * len(spec.x)
    if spec.categorical:
        x = f"factor({_s(rows_x)}, levels={_s(spec.x)})"
    elif spec.x_scale == "date":
        x = f"as.Date({_s(rows_x)})"
    else:
        x = "c(" + ",".join(rows_x) + ")"
    frame = f"d <- data.frame(x={x}, y={_v(rows_y)}, s=factor({_s(rows_s)}, levels={_s(spec.names)}))\n"
    one = len(spec.names) == 1
    fill, colour = ("", "") if one else (", fill=s", ", colour=s")
    layers = {
        "bar": "geom_col(fill='steelblue')" if spec.style % 2 else "geom_col()",
        "bar_labelled": "geom_col(fill='tan') + geom_text(aes(label=y), vjust=-0.3, size=3)",
        "hgrouped": "geom_col(position='dodge') + coord_flip()",
        "hstacked": "geom_col() + coord_flip()",
        "stacked100": "geom_col() + scale_y_continuous(labels=function(v) paste0(v, '%'))",
        "bar_rotated": "geom_col() + THEME + theme(axis.text.x=element_text(angle=45, hjust=1))",
        "hbar": "geom_col(fill='darkred') + coord_flip()",
        "grouped": "geom_col(position='dodge')",
        "stacked": "geom_col(position=position_stack(reverse=TRUE))" if spec.style % 2 else "geom_col()",
        "bar_negative": "geom_col(fill='grey40')",
        "line1": "geom_line() + geom_point()",
        "line3": "geom_line() + geom_point()",
        "line4dense": "geom_line()",
        "line_log": "geom_line() + scale_y_log10()",
        "loglog": "geom_line() + geom_point() + scale_y_log10() + scale_x_log10()",
        "line_date": "geom_line()",
        "line_si": "geom_line()",
        "scatter1": "geom_point()",
        "scatter3": "geom_point(aes(shape=s))" if spec.style % 2 else "geom_point()",
        "area": "geom_area()",
        "line_bw": "geom_line(aes(linetype=s))",
        "step": "geom_step()",
        "errorbar": f"geom_line() + geom_point() + geom_errorbar(aes(ymin=y-{_v(spec.errors)}, ymax=y+{_v(spec.errors)}), width=0.4)",
    }[spec.kind]
    theme = _THEMES[spec.style]
    layers = layers.replace("THEME", theme) if "THEME" in layers else f"{layers} + {theme}"
    aes = (
        fill
        if spec.kind in {"grouped", "stacked", "area", "hgrouped", "hstacked", "stacked100"}
        else ""
        if spec.kind == "line_bw"
        else colour
    )
    group = ", group=s" if spec.kind == "line_bw" else ""
    labs = f'labs(title="{spec.title}", x="{spec.xlabel}", y="{spec.ylabel}", colour=NULL, fill=NULL, linetype=NULL, shape=NULL)'
    legend = " + theme(legend.position='bottom')" if spec.style == 1 else ""
    return (
        frame
        + f'p <- ggplot(d, aes(x=x, y=y{aes}{group})) + {layers} + {labs}{legend}\npdf("{pdf}", width={5 + spec.style % 3}, height=4); print(p); invisible(dev.off())\n'
    )
