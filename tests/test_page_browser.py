"""The page in a real browser: what a person clicks, types, reads and prints."""

import time
from importlib.resources import files

import pytest

from mineru_cli.schema import Failure
from tests.page_inputs import (
    HOSTILE,
    NAME,
    chart,
    document,
    figure,
    hostile_document,
    random_document,
    series,
    write_output,
)

pytest.importorskip("selenium", reason="needs selenium, of the extra test")
from selenium.webdriver.common.keys import Keys

from tests import browser as browsers

pytestmark = pytest.mark.skipif(bool(browsers.MISSING), reason=browsers.MISSING)

SALES = document(
    "reports/sales.pdf",
    figure(1, chart(series("Sales", [10, 20], ["=A1", "<b>"]), title="Sales by shop", confidence=0.95)),
    figure(2, chart(series("Rent", [5, 7]), title="Rent", type="line", read_by="exact", confidence=1.0)),
    figure(1, None, page=2),
    source="reports/sales.pdf",
)


@pytest.fixture(scope="module")
def tab():
    with browsers.browser() as one:
        yield one


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """Pages written once for all tests: by name, their paths."""
    root = tmp_path_factory.mktemp("outputs")
    (root / "small/reports").mkdir(parents=True)
    return {
        "small": write_output(root / "small", [SALES, random_document(1, 6)]),
        "hostile": write_output(root / "hostile", [hostile_document()]),
    }


@pytest.fixture
def page(tab, outputs):
    """Open a page, and see that it does neither complain nor ask for anything from elsewhere."""
    opened = []

    def load(name="small", fragment=""):
        tab.open(outputs[name], fragment)
        opened.append(name)
        return tab

    yield load
    tab.media()
    tab.size(1280, 900)
    if opened:
        assert tab.logged() == []
        assert {url.partition(":")[0] for url in tab.requested()} <= {"file", "data", "blob"}


def titles(tab):
    """The charts that are shown, in their order."""
    return tab.run("return [...document.querySelectorAll('.card h2')].map((one) => one.textContent)")


def choose(tab, field, value):
    tab.run(
        "const field = document.getElementById(arguments[0]); field.value = arguments[1];"
        "field.dispatchEvent(new Event('input', {bubbles: true}))",
        field,
        value,
    )
    time.sleep(0.25)


def press(tab, *keys):
    for key in keys:
        tab.driver.switch_to.active_element.send_keys(key)


def text(tab, selector):
    return tab.run("return document.querySelector(arguments[0]).textContent", selector)


def current(tab):
    """The title of the chart that has the focus."""
    return tab.run("return document.activeElement.querySelector('h2')?.textContent")


def test_it_opens_from_a_file_without_a_complaint_and_shows_each_chart_beside_its_redrawing(page):
    tab = page()
    assert text(tab, "h1") == "8 charts from 2 documents"
    card = f"document.getElementById('{first_card(tab, 'Sales by shop')}')"
    pictures = tab.run(f"return [...{card}.querySelectorAll('img')].map((one) => [one.alt, one.getAttribute('src')])")
    assert [name for _, name in pictures] == ["reports/sales.pdf/p001-f1.png", "reports/sales.pdf/p001-f1.svg"]
    assert "Sales, 2 points" in pictures[1][0]
    assert text(tab, ".card .where").startswith("reports/sales.pdf")
    headings = tab.run(f"return [...{card}.querySelectorAll('th')].map((one) => [one.textContent, one.scope])")
    assert headings == [["x", "col"], ["Sales", "col"], ["=A1", "row"], ["<b>", "row"]]
    loaded = tab.run("return [...document.images].filter((one) => one.complete && !one.naturalWidth).length")
    assert loaded == 0


def first_card(tab, title):
    """The element of a chart, filled; its id."""
    return tab.run(
        "const card = [...document.querySelectorAll('.card')].find((one) => one.textContent.includes(arguments[0]));"
        "card.scrollIntoView(); return new Promise((done) => setTimeout(() => done(card.id), 200))",
        title,
    )


def test_the_doubtful_come_first_unless_asked_otherwise(page):
    tab = page()
    assert titles(tab)[0] == "p002-f1"  # not read at all
    choose(tab, "sort", "document")
    assert titles(tab)[:3] == ["Sales by shop", "Rent", "p002-f1"]


def test_filters_narrow_the_list_and_say_how_far(page):
    tab = page()
    choose(tab, "doc", "reports/sales.pdf")
    assert text(tab, "#count") == "3 of 9 figures"
    choose(tab, "by", "exact")
    assert titles(tab) == ["Rent"]
    choose(tab, "kind", "bar chart")
    assert titles(tab) == []
    assert tab.run("return document.getElementById('nothing').hidden") is False
    tab.run("document.getElementById('again').click()")
    assert text(tab, "#count") == "9 figures"
    choose(tab, "flag", "any")
    assert "p002-f1" in titles(tab)
    assert "Rent" not in titles(tab)
    choose(tab, "flag", "")
    choose(tab, "q", "rent 7")
    assert titles(tab) == ["Rent"]
    choose(tab, "q", "<b>")
    assert titles(tab) == ["Sales by shop"]


def test_the_address_keeps_the_filters_and_leads_to_a_chart(page, tab):
    page()
    choose(tab, "doc", "reports/sales.pdf")
    choose(tab, "sort", "document")
    press(tab, "j", "j")
    fragment = tab.run("return location.hash")
    page(fragment=fragment)
    assert titles(tab) == ["Sales by shop", "Rent", "p002-f1"]
    assert current(tab) == "Rent"
    page(fragment="#chart=reports%2F0001.pdf%2Fp003-f1&doc=reports%2Fsales.pdf")
    assert len(titles(tab)) == 9  # a link to a chart that the filters hide shows it all the same
    assert "1.2" in current(tab)


def test_it_can_be_walked_by_keys_alone(page):
    tab = page(fragment="#sort=document")
    press(tab, "j")
    assert current(tab) == "Sales by shop"
    press(tab, "j")
    assert current(tab) == "Rent"
    press(tab, "k", "k", "k")
    assert current(tab) == "Sales by shop"
    press(tab, "/")
    assert tab.run("return document.activeElement.id") == "q"
    press(tab, "j")
    assert tab.run("return document.getElementById('q').value") == "j"
    press(tab, Keys.ESCAPE)
    assert tab.run("return document.activeElement.id") != "q"
    press(tab, "?")
    assert tab.run("return document.getElementById('help').open") is True
    press(tab, Keys.ESCAPE)
    assert tab.run("return document.getElementById('help').open") is False


def test_tab_leads_past_the_filters_to_every_link_and_table(page):
    tab = page(fragment="#sort=document")
    reached = []
    for _ in range(14):
        press(tab, Keys.TAB)
        reached.append(tab.run("const at = document.activeElement; return at.id || at.className || at.tagName"))
    assert reached[:3] == ["", "skip", "q"] or reached[:2] == ["skip", "q"]
    assert {"doc", "kind", "by", "flag", "sort", "keys", "permalink", "paper", "copy", "scroll"} <= set(reached)


def test_a_table_is_copied_for_a_spreadsheet(page):
    tab = page(fragment="#chart=reports%2Fsales.pdf%2Fp001-f1")
    allowed = {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}
    tab.driver.execute_cdp_cmd("Browser.grantPermissions", allowed)
    press(tab, "c")
    time.sleep(0.2)
    assert text(tab, "#toast") == "Copied 2 rows"
    assert tab.run("return navigator.clipboard.readText()") == "x\tSales\n'=A1\t10\n<b>\t20"


def test_a_table_is_copied_where_the_browser_has_no_clipboard_for_files(page):
    tab = page(fragment="#chart=reports%2Fsales.pdf%2Fp001-f2")
    tab.run(
        "Object.defineProperty(navigator, 'clipboard', {value: undefined});"
        "document.addEventListener('copy', () => { window.copied = document.activeElement.value; })"
    )
    tab.driver.switch_to.active_element.find_element("css selector", ".copy").click()
    assert tab.run("return window.copied") == "x\tRent\nitem 0\t5\nitem 1\t7"


def test_a_table_without_a_csv_of_its_own_is_saved_from_the_page(page, tmp_path):
    tab = page(fragment="#chart=reports%2Fsales.pdf%2Fp001-f1")
    where = {"behavior": "allow", "downloadPath": str(tmp_path)}
    tab.driver.execute_cdp_cmd("Browser.setDownloadBehavior", where)
    tab.run("document.activeElement.querySelector('.save').click()")
    target = tmp_path / "p001-f1.csv"
    for _ in range(50):
        if target.exists():
            break
        time.sleep(0.1)
    assert target.read_text() == '"x","Sales"\n"\'=A1","10"\n"<b>","20"\n'


def test_what_documents_say_stays_text(page):
    tab = page("hostile", "#sort=document")
    assert HOSTILE in titles(tab)[0]
    assert tab.run("return document.querySelectorAll('main script, main img[src=x]').length") == 0
    assert NAME in text(tab, ".card .where")
    tab.run("for (const card of document.querySelectorAll('.card')) card.scrollIntoView()")
    time.sleep(0.3)
    assert tab.run("return document.documentElement.scrollWidth <= innerWidth") is True
    assert tab.run("return [...document.images].filter((one) => one.complete && !one.naturalWidth).length") == 0
    assert len(titles(tab)) == 8
    page("hostile", "#flag=%22%5D%3Cscript%3E&sort=nonsense&q=nothing+read")
    assert text(tab, "#count") == "1 of 8 figures"  # what is no filter is dropped


def test_ten_thousand_rows_are_thinned_and_said_to_be(page):
    tab = page("hostile", "#q=ten+thousand&sort=document")
    first_card(tab, "ten thousand")
    assert text(tab, ".numbers h3") == "10,000 rows"
    assert "rows are shown here; the CSV has all." in text(tab, ".numbers .small")
    assert tab.run("return document.querySelectorAll('tbody tr').length") < 1001
    assert tab.run("return [...document.querySelectorAll('tbody th')].at(-1).textContent") == "9999"


def test_a_run_without_charts_says_so(tab, tmp_path):
    failure = Failure(code="broken", message="a.pdf is broken", cure="Save it anew", document="a.pdf")
    tab.open(write_output(tmp_path, [document("a.pdf", failures=[failure])]))
    assert tab.run("return document.getElementById('empty').hidden") is False
    assert tab.run("return document.getElementById('filters').hidden") is True
    assert text(tab, "#failures-list") == "a.pdf is brokenSave it anew"
    assert tab.logged() == []


def test_on_paper_every_chart_is_there_and_no_controls(page):
    tab = page()
    tab.media("print")
    time.sleep(0.3)
    empty = "return [...document.querySelectorAll('.card')].filter((one) => !one.querySelector('.paper')).length"
    assert tab.run(empty) == 0
    assert tab.run("return getComputedStyle(document.getElementById('filters')).display") == "none"


def test_it_is_dark_where_the_reader_wants_that(page):
    tab = page()
    shade = "return Number(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])"
    assert tab.run(shade) > 200
    tab.media(prefers_color_scheme="dark")
    assert tab.run(shade) < 60


def test_it_fits_a_telephone(page):
    tab = page()
    tab.size(360, 740)
    tab.run("for (const card of document.querySelectorAll('.card')) card.scrollIntoView()")
    time.sleep(0.3)
    assert tab.run("return document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize(
    ("name", "scheme"),
    [("small", "light"), ("small", "dark"), pytest.param("hostile", "light", marks=pytest.mark.slow)],
)
def test_axe_finds_no_serious_fault(page, name, scheme):
    tab = page(name)
    tab.media(prefers_color_scheme=scheme)
    tab.run("for (const card of document.querySelectorAll('.card')) card.scrollIntoView(); scrollTo(0, 0)")
    time.sleep(0.3)
    tab.run(files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    found = tab.run("return axe.run()")
    faults = [fault for fault in found["violations"] if fault["impact"] in {"serious", "critical"}]
    assert [(fault["id"], [node["html"][:200] for node in fault["nodes"]]) for fault in faults] == []
    assert len(found["passes"]) > 20


@pytest.mark.slow
def test_two_thousand_charts_are_there_at_once_and_scroll(tab, tmp_path):
    tab.open(write_output(tmp_path, [random_document(number, 10) for number in range(200)]))
    navigation = tab.run("return performance.getEntriesByType('navigation')[0].toJSON()")
    assert text(tab, "#count") == "2,000 figures"
    assert navigation["domContentLoadedEventEnd"] <= 1500
    frames = tab.run(SCROLL)
    assert sorted(frames)[len(frames) // 2] <= 50
    assert max(frames) <= 500
    assert tab.run("const began = performance.now(); location.hash = 'q=wind'; return performance.now() - began") < 500


SCROLL = """
return new Promise((done) => {
  const frames = []; let last = performance.now();
  const step = (now) => {
    frames.push(now - last); last = now; scrollBy(0, 120);
    frames.length < 120 ? requestAnimationFrame(step) : done(frames);
  };
  requestAnimationFrame(step);
});
"""
