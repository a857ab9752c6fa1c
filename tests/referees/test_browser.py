"""The report, the maps and the site's diagrams in Chromium: no console errors, filters, phones, dark mode, print."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from secureinfra.maps.network.draw import facts_of, picture_of
from secureinfra.maps.shapes import Text
from secureinfra.maps.svg import Picture, svg
from secureinfra.maps.trust.draw import facts_of as trust_of
from secureinfra.maps.trust.draw import picture_of as trust_picture
from secureinfra.reports.page import page
from secureinfra.site import catalogue_pages
from tests.maps.network.documents import configuration
from tests.maps.trust.documents import configuration as trusting
from tests.reports.samples import facts

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
WIDTHS = (360, 820, 1280)
ASSETS = Path(catalogue_pages.__file__).with_name("assets")
_FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *(
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--force-prefers-reduced-motion",
    ),
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    for flag in (*_FLAGS, "--window-size=1280,900"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def report(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("report")
    (folder / "report.html").write_text(page(facts(folder)), encoding="utf-8")
    browser.get((folder / "report.html").as_uri())
    return browser


def resize(browser: Any, width: int, *, dark: bool = False) -> None:
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": scheme})


def shown(browser: Any) -> int:
    return int(browser.execute_script("return document.querySelectorAll('.finding:not([hidden])').length"))


def test_opens_without_a_word_on_the_console(report: Any) -> None:
    assert report.get_log("browser") == []
    assert report.execute_script("return document.querySelectorAll('.finding').length") == shown(report)


def test_filter_finds_and_clears(report: Any) -> None:
    every = shown(report)
    field = report.find_element("id", "search")
    field.send_keys("ssh")
    assert 0 < shown(report) < every
    assert f"{shown(report)} of {every} entries are shown." == report.find_element("id", "count").text
    report.find_element("id", "clear").click()
    assert shown(report) == every
    report.find_element("id", "severity-medium").click()
    assert shown(report) < every
    field.send_keys("\ue00c")  # Escape
    assert shown(report) == every


def test_slash_goes_to_the_search(report: Any) -> None:
    report.execute_script("document.activeElement.blur()")
    report.find_element("tag name", "body").send_keys("/")
    assert report.switch_to.active_element.get_attribute("id") == "search"


def test_requirement_shows_its_findings(report: Any) -> None:
    every = shown(report)
    report.execute_script("document.querySelectorAll('details.framework').forEach(one => { one.open = true })")
    report.find_element("css selector", "button.requirement.failed").click()
    assert 0 < shown(report) < every
    report.find_element("id", "clear").click()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("dark", [False, True])
def test_no_sideways_scrolling_and_one_map(report: Any, width: int, dark: bool) -> None:
    resize(report, width, dark=dark)
    assert report.execute_script("return document.documentElement.scrollWidth") <= width
    visible = (
        "return [...document.querySelectorAll('.map svg')].filter(one => one.getBoundingClientRect().width).length"
    )
    assert report.execute_script(visible) == report.execute_script("return document.querySelectorAll('.map').length")
    background = report.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert background == ("rgb(17, 22, 29)" if dark else "rgb(255, 255, 255)")
    resize(report, 1280)


def test_prints(report: Any) -> None:
    pdf = base64.b64decode(report.print_page())
    assert pdf.startswith(b"%PDF")
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") + pdf.count(b"/Type /Page/") >= 5


def drawn_of(name: str) -> Picture:
    if name.startswith("trust: "):
        return trust_picture(trust_of([trusting(name.removeprefix("trust: "))]))
    return picture_of(facts_of([configuration(name)]))


@pytest.mark.parametrize(
    "name", ["balanced", "hostile", "13 groups", "trust: delivered", "trust: hostile", "trust: powerful"]
)
def test_texts_of_a_map_are_no_wider_than_measured(browser: Any, tmp_path: Path, name: str) -> None:
    picture = drawn_of(name)
    (tmp_path / "map.svg").write_text(svg(picture, "wide"), encoding="utf-8")
    browser.get((tmp_path / "map.svg").as_uri())
    drawn = browser.execute_script(
        "return [...document.querySelectorAll('text')].map(one => one.getComputedTextLength())"
    )
    texts = [shape for shape in picture.wide.shapes if isinstance(shape, Text)]
    wider = [
        (text.text, width, text.box.right - text.box.left)
        for text, width in zip(texts, drawn, strict=True)
        if width > (text.box.right - text.box.left) * 1.03 + 1
    ]
    assert wider == []
    assert browser.get_log("browser") == []


DIAGRAM = """<!doctype html><meta charset="utf-8"><body data-md-color-scheme="default">{body}
<script src="diagrams.js"></script></body>"""
# Draws what is asked as text, with the theme; refuses one.
STAND_IN = """window.mermaid = {
  initialize: function (given) { this.theme = given.theme; },
  render: function (id, text) {
    if (text.includes("wrong")) return Promise.reject(new Error("wrong"));
    return Promise.resolve({ svg: "<svg id='" + id + "'><text>" + this.theme + " " + text.trim() + "</text></svg>" });
  },
};"""


def drawn(browser: Any) -> list[str]:
    script = "return [...document.querySelectorAll('.diagram-picture')].map(one => one.textContent)"
    return [str(one) for one in browser.execute_script(script)]


def settled(browser: Any, expected: list[str]) -> None:
    from selenium.common.exceptions import TimeoutException
    from selenium.webdriver.support.wait import WebDriverWait

    with suppress(TimeoutException):
        WebDriverWait(browser, 20).until(lambda page: drawn(page) == expected)
    assert drawn(browser) == expected


def test_diagrams_of_the_site_are_drawn_again_in_the_dark(browser: Any, tmp_path: Path) -> None:
    shutil.copy(ASSETS / "diagrams.js", tmp_path)
    (tmp_path / "mermaid.min.js").write_text(STAND_IN)
    fences = "".join(f"<pre class='diagram'><code>{text}</code></pre>" for text in ("a --> b", "wrong", "c --> d"))
    (tmp_path / "index.html").write_text(DIAGRAM.format(body=fences))
    browser.get((tmp_path / "index.html").as_uri())
    settled(browser, ["default a --> b", "default c --> d"])
    browser.execute_script("document.body.setAttribute('data-md-color-scheme', 'slate')")
    settled(browser, ["dark a --> b", "dark c --> d"])
    # The text stays, folded; that of one that cannot be drawn is open.
    opened = "return [...document.querySelectorAll('.diagram-text')].map(one => [one.open, one.querySelector('pre').textContent])"
    assert browser.execute_script(opened) == [[False, "a --> b"], [True, "wrong"], [False, "c --> d"]]


def test_a_page_without_a_diagram_loads_nothing(browser: Any, tmp_path: Path) -> None:
    shutil.copy(ASSETS / "diagrams.js", tmp_path)
    (tmp_path / "index.html").write_text(DIAGRAM.format(body="<pre><code>a --> b</code></pre>"))
    browser.get((tmp_path / "index.html").as_uri())
    assert browser.execute_script("return [...document.scripts].map(one => one.src.split('/').pop())") == [
        "diagrams.js"
    ]
