"""JFreeChart, as Java programs of offices and laboratories use it, written to PDF by iText.

Comes in: stories. Goes out: NAME.pdf for each. Needs java and the jars of Debian's libjfreechart-java and libitext5-java.
"""

import random
from collections.abc import Sequence
from pathlib import Path

from generators.paper import run
from generators.stories import FLAT, KINDS, Story, tick_decimals

JFREECHART_KINDS = (*(k for k in KINDS if k != "line_direct"), "step")
JARS = Path("/usr/share/java")
_JAVA = r"""
import java.awt.*;
import java.awt.geom.*;
import java.io.*;
import java.nio.file.*;
import java.text.*;
import java.util.*;
import java.util.List;
import org.jfree.chart.*;
import org.jfree.chart.axis.*;
import org.jfree.chart.labels.*;
import org.jfree.chart.plot.*;
import org.jfree.chart.renderer.category.*;
import org.jfree.chart.renderer.xy.*;
import org.jfree.chart.title.*;
import org.jfree.data.category.*;
import org.jfree.data.general.*;
import org.jfree.data.xy.*;
import org.jfree.ui.*;
import com.itextpdf.text.pdf.*;
import com.itextpdf.awt.*;

public class Draw {
  static Map<String, String> s;
  static List<String[]> series;
  static String[] xs;
  static boolean is(String key) { return "1".equals(s.get(key)); }
  static double num(String key) { return Double.parseDouble(s.get(key)); }
  static String kind() { return s.get("kind"); }
  static Color colour(int k) { return Color.decode(s.get("colours").split(" ")[k]); }

  static NumberFormat written(int places) {
    String zeros = places > 0 ? "0." + "0".repeat(places) : "0";
    switch (s.get("numbers")) {
      case "thousands": return new DecimalFormat("#,##" + zeros);
      case "dollar": return new DecimalFormat("$#,##" + zeros);
      case "percent": return new DecimalFormat(zeros + "'%'");
      case "millions": return new DecimalFormat("0.##M") {
        public StringBuffer format(double v, StringBuffer b, FieldPosition p) { return b.append(v == 0 ? "0" : new DecimalFormat("0.##").format(v / 1e6) + "M"); }
      };
      default: return new DecimalFormat(zeros);
    }
  }

  static void value(ValueAxis axis) {
    if (s.containsKey("low")) axis.setRange(num("low"), num("high"));
    if (s.containsKey("step")) ((NumberAxis) axis).setTickUnit(new NumberTickUnit(num("step"), written((int) num("places"))));
  }

  static DefaultCategoryDataset table(int from, int to) {
    DefaultCategoryDataset d = new DefaultCategoryDataset();
    for (int k = from; k < to; k++) for (int j = 0; j < xs.length; j++) d.addValue(Double.parseDouble(series.get(k)[j + 1]), series.get(k)[0], xs[j]);
    return d;
  }

  static Shape mark(int k) {
    switch (k % 4) {
      case 0: return new Ellipse2D.Double(-3, -3, 6, 6);
      case 1: return new Rectangle2D.Double(-2.8, -2.8, 5.6, 5.6);
      case 2: { Path2D p = new Path2D.Double(); p.moveTo(0, -3.5); p.lineTo(3.5, 3); p.lineTo(-3.5, 3); p.closePath(); return p; }
      default: { Path2D p = new Path2D.Double(); p.moveTo(0, -4); p.lineTo(4, 0); p.lineTo(0, 4); p.lineTo(-4, 0); p.closePath(); return p; }
    }
  }

  static Stroke stroke(int k) {
    float[][] dashes = {null, {7, 4}, {2, 3}, {8, 3, 2, 3}};
    float w = (float) num("width");
    return kind().equals("line_bw") && k % 4 > 0 ? new BasicStroke(w, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, dashes[k % 4], 0) : new BasicStroke(w, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
  }

  static void grids(Plot plot) {
    boolean y = !s.get("grid").equals("none"), x = s.get("grid").equals("both");
    Color ground = is("grey") ? new Color(0xC0C0C0) : Color.white, rule = is("grey") ? Color.white : Color.lightGray;
    plot.setBackgroundPaint(ground);
    if (!is("framed")) plot.setOutlineVisible(false);
    if (plot instanceof CategoryPlot) { CategoryPlot p = (CategoryPlot) plot; p.setRangeGridlinesVisible(y); p.setRangeGridlinePaint(rule); p.setDomainGridlinesVisible(false); p.setAxisOffset(new RectangleInsets(is("offset") ? 4 : 0, is("offset") ? 4 : 0, is("offset") ? 4 : 0, is("offset") ? 4 : 0)); }
    else { XYPlot p = (XYPlot) plot; p.setRangeGridlinesVisible(y); p.setRangeGridlinePaint(rule); p.setDomainGridlinesVisible(x); p.setDomainGridlinePaint(rule); }
  }

  static JFreeChart pie() {
    DefaultPieDataset d = new DefaultPieDataset();
    for (int j = 0; j < xs.length; j++) d.setValue(xs[j], Double.parseDouble(series.get(0)[j + 1]));
    JFreeChart c = kind().equals("donut") ? ChartFactory.createRingChart(s.get("title"), d, is("legend"), false, false) : ChartFactory.createPieChart(s.get("title"), d, is("legend"), false, false);
    PiePlot p = (PiePlot) c.getPlot();
    for (int j = 0; j < xs.length; j++) { p.setSectionPaint(xs[j], colour(j)); p.setSectionOutlinePaint(xs[j], Color.white); }
    p.setShadowPaint(is("shadow") ? Color.gray : null);
    p.setBackgroundPaint(Color.white);
    p.setOutlineVisible(is("framed"));
    if (p instanceof RingPlot) { ((RingPlot) p).setSeparatorsVisible(false); ((RingPlot) p).setSectionDepth(0.4); }
    String label = is("names") && is("values") ? "{0}: {1}%" : is("names") ? "{0}" : is("values") ? "{1}%" : "";
    p.setLabelGenerator(label.isEmpty() ? null : new StandardPieSectionLabelGenerator(label, new DecimalFormat("0.0"), new DecimalFormat("0.0%")));
    if (is("plain")) { p.setLabelBackgroundPaint(null); p.setLabelOutlinePaint(null); p.setLabelShadowPaint(null); }
    p.setStartAngle(90);
    p.setMaximumLabelWidth(0.26);
    return c;
  }

  static JFreeChart categories() {
    boolean flat = is("flat"), line = kind().equals("line_months"), stack = kind().contains("stacked"), second = kind().equals("secondary");
    PlotOrientation way = flat ? PlotOrientation.HORIZONTAL : PlotOrientation.VERTICAL;
    DefaultCategoryDataset d = table(0, second ? 1 : series.size());
    String a = s.get("xlabel"), b = s.get("ylabel");
    JFreeChart c = line ? ChartFactory.createLineChart(s.get("title"), a, b, d, way, is("legend"), false, false) : stack ? ChartFactory.createStackedBarChart(s.get("title"), a, b, d, way, is("legend"), false, false) : ChartFactory.createBarChart(s.get("title"), a, b, d, way, is("legend"), false, false);
    CategoryPlot p = c.getCategoryPlot();
    grids(p);
    CategoryAxis across = p.getDomainAxis();
    if (is("turned")) { across.setMaximumCategoryLabelWidthRatio(0.9f); across.setCategoryLabelPositions(is("steep") ? CategoryLabelPositions.UP_90 : CategoryLabelPositions.UP_45); }
    else across.setMaximumCategoryLabelLines(3);
    if (flat) across.setMaximumCategoryLabelWidthRatio(0.6f);
    CategoryItemRenderer r = p.getRenderer();
    for (int k = 0; k < series.size(); k++) r.setSeriesPaint(k, colour(k));
    if (line) { LineAndShapeRenderer l = (LineAndShapeRenderer) r; for (int k = 0; k < series.size(); k++) { l.setSeriesStroke(k, stroke(k)); l.setSeriesShape(k, mark(k)); l.setSeriesShapesVisible(k, is("markers")); } }
    else {
      BarRenderer bars = (BarRenderer) r;
      bars.setBarPainter(new StandardBarPainter());
      bars.setShadowVisible(is("shadow") && !stack);
      bars.setItemMargin(num("gap"));
      across.setCategoryMargin(kind().equals("hist") ? 0 : num("margin"));
      bars.setMaximumBarWidth(1);
      if (is("edged")) { bars.setDrawBarOutline(true); for (int k = 0; k < series.size(); k++) bars.setSeriesOutlinePaint(k, Color.black); }
    }
    if (is("values")) { r.setBaseItemLabelGenerator(new StandardCategoryItemLabelGenerator("{2}", written((int) num("decimals")))); r.setBaseItemLabelsVisible(true); }
    value(p.getRangeAxis());
    if (kind().equals("bar_negative")) p.setRangeZeroBaselineVisible(true);
    if (second) {
      NumberAxis other = new NumberAxis(s.get("second"));
      p.setRangeAxis(1, other); p.setDataset(1, table(1, 2)); p.mapDatasetToRangeAxis(1, 1);
      LineAndShapeRenderer l = new LineAndShapeRenderer(true, true);
      l.setSeriesPaint(0, colour(1)); l.setSeriesStroke(0, new BasicStroke(2)); l.setSeriesShape(0, mark(0));
      p.setRenderer(1, l); p.setDatasetRenderingOrder(DatasetRenderingOrder.FORWARD);
    }
    return c;
  }

  static double place(String x) throws Exception { return is("dates") ? new SimpleDateFormat("yyyy-MM-dd").parse(x).getTime() : Double.parseDouble(x); }

  static JFreeChart plane() throws Exception {
    DefaultTableXYDataset d = new DefaultTableXYDataset();
    XYSeriesCollection free = new XYSeriesCollection();
    boolean cloud = kind().startsWith("scatter"), area = kind().startsWith("area");
    for (String[] row : series) {
      XYSeries one = new XYSeries(row[0], false, cloud);
      for (int j = 1; j < row.length; j++) { String[] p = row[j].split(" "); if (cloud) one.add(Double.parseDouble(p[0]), Double.parseDouble(p[1])); else one.add(place(xs[j - 1]), Double.parseDouble(row[j])); }
      if (cloud) free.addSeries(one); else d.addSeries(one);
    }
    XYDataset data = cloud ? free : d;
    String t = s.get("title"), a = s.get("xlabel"), b = s.get("ylabel");
    PlotOrientation way = PlotOrientation.VERTICAL;
    JFreeChart c = cloud ? ChartFactory.createScatterPlot(t, a, b, data, way, is("legend"), false, false) : kind().equals("area1") ? ChartFactory.createXYAreaChart(t, a, b, d, way, is("legend"), false, false) : area ? ChartFactory.createStackedXYAreaChart(t, a, b, d, way, is("legend"), false, false)
      : kind().equals("step") ? ChartFactory.createXYStepChart(t, a, b, data, way, is("legend"), false, false) : ChartFactory.createXYLineChart(t, a, b, data, way, is("legend"), false, false);
    XYPlot p = c.getXYPlot();
    if (is("dates")) { DateAxis when = new DateAxis(a); when.setDateFormatOverride(new SimpleDateFormat(s.get("dates_as"), Locale.ENGLISH)); p.setDomainAxis(when); }
    else { NumberAxis n = new NumberAxis(a); n.setAutoRangeIncludesZero(false); if (kind().equals("line_dense")) n.setLowerMargin(0); if (is("whole")) { n.setStandardTickUnits(NumberAxis.createIntegerTickUnits()); n.setNumberFormatOverride(new DecimalFormat("0")); } p.setDomainAxis(n); }
    if (area) { p.getDomainAxis().setLowerMargin(0); p.getDomainAxis().setUpperMargin(0); }
    if (s.containsKey("left")) { NumberAxis n = (NumberAxis) p.getDomainAxis(); n.setRange(num("left"), num("right")); n.setTickUnit(new NumberTickUnit(num("x_step"))); }
    if (is("log")) { LogAxis up = new LogAxis(b); up.setNumberFormatOverride(new DecimalFormat("#,##0")); if (is("decades")) up.setTickUnit(new NumberTickUnit(1)); p.setRangeAxis(up); }
    else if (kind().equals("step")) p.setRangeAxis(new NumberAxis(b));
    value(p.getRangeAxis());
    grids(p);
    XYItemRenderer r = p.getRenderer();
    if (kind().equals("area")) { r = new StackedXYAreaRenderer2(); p.setRenderer(r); }
    for (int k = 0; k < series.size(); k++) {
      r.setSeriesPaint(k, colour(k));
      r.setSeriesStroke(k, stroke(k));
      r.setSeriesShape(k, cloud && !is("markers") ? mark(0) : mark(k));
      if (r instanceof XYLineAndShapeRenderer && !cloud && !kind().equals("step")) { ((XYLineAndShapeRenderer) r).setSeriesShapesVisible(k, is("markers")); if (is("hollow")) ((XYLineAndShapeRenderer) r).setSeriesShapesFilled(k, false); }
    }
    if (kind().equals("line_negative")) p.setRangeZeroBaselineVisible(true);
    return c;
  }

  public static void main(String[] args) throws Exception {
    Locale.setDefault(Locale.US);
    String[] blocks = new String(Files.readAllBytes(Paths.get(args[0])), "UTF-8").split("\nend\n");
    for (String block : blocks) {
      s = new HashMap<>(); series = new ArrayList<>(); xs = new String[0];
      for (String line : block.split("\n")) {
        String[] cells = line.split("\t");
        if (cells[0].equals("series")) series.add(Arrays.copyOfRange(cells, 1, cells.length));
        else if (cells[0].equals("x")) xs = Arrays.copyOfRange(cells, 1, cells.length);
        else s.put(cells[0], cells.length > 1 ? cells[1] : "");
      }
      String font = s.get("font");
      JFreeChart c = kind().equals("pie") || kind().equals("donut") ? pie() : is("categorical") ? categories() : plane();
      c.setBackgroundPaint(Color.white);
      c.setPadding(new RectangleInsets(3, 3, 3, 16));
      for (Object o : c.getSubtitles()) if (o instanceof LegendTitle) { LegendTitle l = (LegendTitle) o; l.setPosition(s.get("edge").equals("right") ? RectangleEdge.RIGHT : s.get("edge").equals("top") ? RectangleEdge.TOP : RectangleEdge.BOTTOM); l.setItemFont(new Font(font, Font.PLAIN, 10)); if (is("plain")) l.setFrame(new org.jfree.chart.block.BlockBorder(Color.white)); }
      fonts(c, font);
      float w = (float) num("w"), h = (float) num("h");
      com.itextpdf.text.Document doc = new com.itextpdf.text.Document(new com.itextpdf.text.Rectangle(w, h));
      PdfWriter out = PdfWriter.getInstance(doc, new FileOutputStream(s.get("name") + ".pdf"));
      doc.open();
      PdfTemplate t = out.getDirectContent().createTemplate(w, h);
      Graphics2D g = new PdfGraphics2D(t, w, h, new DefaultFontMapper());
      c.draw(g, new Rectangle2D.Double(0, 0, w, h));
      g.dispose();
      out.getDirectContent().addTemplate(t, 0, 0);
      doc.close();
    }
  }

  static void fonts(JFreeChart c, String font) {
    Font big = new Font(font, is("bold") ? Font.BOLD : Font.PLAIN, 15), label = new Font(font, is("bold") ? Font.BOLD : Font.PLAIN, 11), small = new Font(font, Font.PLAIN, 9);
    if (c.getTitle() != null) c.getTitle().setFont(big);
    Plot plot = c.getPlot();
    List<Axis> axes = new ArrayList<>();
    if (plot instanceof CategoryPlot) { CategoryPlot p = (CategoryPlot) plot; axes.add(p.getDomainAxis()); for (int k = 0; k < p.getRangeAxisCount(); k++) axes.add(p.getRangeAxis(k)); p.getRenderer().setBaseItemLabelFont(small); }
    else if (plot instanceof XYPlot) { XYPlot p = (XYPlot) plot; axes.add(p.getDomainAxis()); axes.add(p.getRangeAxis()); }
    else ((PiePlot) plot).setLabelFont(small);
    for (Axis a : axes) { a.setLabelFont(label); a.setTickLabelFont(small); }
  }
}
"""


def draw(charts: Sequence[Story], folder: Path, _: Path) -> None:
    """Write NAME.pdf for every chart."""
    (folder / "Draw.java").write_text(_JAVA, encoding="utf-8")
    (folder / "charts.txt").write_text("".join(_block(story) for story in charts), encoding="utf-8")
    jars = ":".join(str(JARS / name) for name in ("jfreechart.jar", "jcommon.jar", "itext5.jar"))
    run(["java", "-Djava.awt.headless=true", "-Dfile.encoding=UTF-8", "-cp", jars, "Draw.java", "charts.txt"], folder)


def _block(story: Story) -> str:
    """The lines that tell the Java program of one chart."""
    look, kind, rng = story.look, story.kind, random.Random(f"jfreechart/{story.name}")
    round_ = kind in {"pie", "donut"}
    count = len(story.x) if round_ else len(story.names)
    facts: dict[str, object] = {
        "name": story.name, "kind": kind, "title": story.title, "xlabel": story.xlabel, "ylabel": story.ylabel, "numbers": look.numbers, "decimals": look.decimals,
        "grid": look.grid, "colours": " ".join(story.colour(k) for k in range(count)), "w": look.size[0] + 40, "h": look.size[1] + 30,
        "edge": {"inside": "top"}.get(look.legend, look.legend), "legend": look.legend not in {"none", "direct"}, "names": look.legend == "direct", "values": look.values,
        "markers": look.markers, "bold": look.bold, "font": "Serif" if look.serif else "SansSerif", "flat": kind in FLAT,
        "categorical": story.categorical or kind == "line_months", "dates": story.x_scale == "date", "log": story.y_scale == "log", "second": story.secondary,
        "width": rng.choice((1, 1.5, 2)), "grey": rng.random() < 0.3, "framed": rng.random() < 0.6, "offset": rng.random() < 0.6, "steep": rng.random() < 0.5, "shadow": rng.random() < 0.3,
        "gap": rng.choice((0, 0.1)) if "stacked" not in kind else 0, "margin": rng.choice((0.2, 0.35)), "edged": rng.random() < 0.25, "plain": rng.random() < 0.6, "hollow": rng.random() < 0.3,
        "dates_as": rng.choice(("MMM-yyyy", "yyyy-MM", "yyyy")), "whole": kind != "line_dense" and not story.points,
        "turned": kind not in FLAT and (kind == "bar_rotated" or sum(map(len, story.x)) > 36), "decades": rng.random() < 0.6,
    }  # fmt: skip
    if story.y_limits:
        facts |= {"low": story.y_limits[0], "high": story.y_limits[1]}
    if story.step:
        facts |= {"step": story.step, "places": tick_decimals(story)}
    if story.x_limits:
        facts |= {"left": story.x_limits[0], "right": story.x_limits[1], "x_step": story.x_step}
    lines = [f"{key}\t{int(value) if isinstance(value, bool) else value}" for key, value in facts.items()]
    lines.append("\t".join(["x", *story.x]))
    if story.points:
        rows = [[f"{x:g} {y:g}" for x, y in points] for points in story.points]
    else:
        rows = [[f"{v:.10g}" for v in column] for column in story.columns]
    lines += ["\t".join(["series", name, *row]) for name, row in zip(story.names, rows, strict=True)]
    return "\n".join(lines) + "\nend\n"
