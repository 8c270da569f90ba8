"""Straightening, shrinking and binarising scans."""

import sys

import numpy as np
import pytest
from PIL import Image, ImageDraw

from mineru_cli.errors import MissingDependencyError
from mineru_cli.options import PageOptions
from mineru_cli.pages.preprocess import binarize, check_dependencies, fit, skew, straighten, two_toned
from tests.pages_drawing import bar_chart, line_chart, on_paper, rendered


def line_art(page):
    page.draw_rect((60, 20, 360, 220))
    for k in range(8):
        page.draw_line((60, 40 + 22 * k), (56, 40 + 22 * k))
        page.insert_text((36, 43 + 22 * k), str(80 - 10 * k), fontsize=8)
    page.draw_polyline([(60 + 30 * k, 200 - 17 * ((k * 3) % 10)) for k in range(11)], width=1.2)


@pytest.fixture(scope="module")
def bars():
    return rendered(lambda page: bar_chart(page, 60, 40))


@pytest.mark.parametrize("angle", [-3.0, 0.5, 4.0])
def test_skew_is_measured_to_a_fifth_of_a_degree(bars, angle):
    assert skew(on_paper(bars, angle=angle)) == pytest.approx(-angle, abs=0.2)


def test_an_upright_chart_with_slanted_curves_is_left_upright():
    picture = rendered(lambda page: (line_chart(page, 60, 60), page.draw_line((90, 150), (230, 145), width=2)))
    assert skew(picture) == 0.0
    assert skew(on_paper(picture)) == 0.0


def test_a_blank_page_has_no_skew():
    assert skew(Image.new("RGB", (600, 800), "white")) == 0.0


def test_straightening_keeps_every_corner_and_knows_the_way_back():
    image = Image.new("RGB", (800, 600), "white")
    ImageDraw.Draw(image).rectangle((700, 500, 799, 599), fill="black")
    upright = straighten(image, PageOptions(), angle=2.0)
    assert upright.steps[0].detail == {"degrees": 2.0}
    dark = np.argwhere(np.asarray(upright.image.convert("L")) < 100)
    top, left = dark.min(axis=0)
    bottom, right = dark.max(axis=0)
    back = upright.to_original((float(left), float(top), float(right), float(bottom)))
    assert back == pytest.approx((700, 500, 800, 600), abs=6)


def test_without_the_extra_scans_are_left_as_they_are_and_say_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "deskew", None)
    for _ in range(2):
        straightened = straighten(Image.new("RGB", (300, 300)), PageOptions())
        assert straightened.steps[0].name == "deskew"
        assert "skipped" in straightened.steps[0].detail
        assert "mineru-extract[scans]" in straightened.steps[0].detail["skipped"]


def test_binarising_everything_without_its_package_fails_at_once(monkeypatch):
    monkeypatch.setitem(sys.modules, "skimage", None)
    check_dependencies(PageOptions())
    with pytest.raises(MissingDependencyError, match="scans"):
        check_dependencies(PageOptions(binarize="always"))


def test_crops_are_shrunk_to_the_limit_and_never_enlarged():
    image, (step,) = fit(Image.new("RGB", (2000, 1000)), PageOptions())
    assert image.size == (1024, 512)
    assert step.detail["from"] == (2000, 1000)
    assert fit(Image.new("RGB", (500, 300)), PageOptions()) == (Image.new("RGB", (500, 300)), ())


def test_grey_line_art_is_two_toned_and_grey_fills_and_colours_are_not(bars):
    art = rendered(line_art)
    assert two_toned(on_paper(art))
    assert not two_toned(on_paper(bars))
    assert not two_toned(on_paper(rendered(lambda page: line_chart(page, 60, 60)), grey=False))


@pytest.mark.parametrize(("mode", "scanned", "done"), [("auto", True, 1), ("auto", False, 0), ("never", True, 0)])
def test_only_two_toned_scans_are_binarised_unasked(mode, scanned, done):
    image, steps = binarize(on_paper(rendered(line_art)), PageOptions(binarize=mode), scanned=scanned)
    assert len(steps) == done
    if done:
        assert set(np.unique(np.asarray(image))) == {0, 255}


def test_a_shadow_across_the_paper_calls_for_a_local_threshold():
    paper = np.asarray(on_paper(rendered(line_art)), dtype=float)
    shaded = Image.fromarray((paper * np.linspace(1.0, 0.4, paper.shape[1])[None, :, None]).astype(np.uint8))
    image, (step,) = binarize(shaded, PageOptions(binarize="always"), scanned=True)
    assert step.detail == {"method": "sauvola"}
    assert np.mean(np.asarray(image)[:, -80:] == 255) > 0.9
