"""The built site: links and anchors that lead nowhere are told, and what is taken from other servers."""

from pathlib import Path

import pytest

from secureinfra.errors import ConfigurationError
from secureinfra.site import __main__ as program
from secureinfra.site.built import problems


def built(folder: Path, body: str) -> Path:
    (folder / "guides").mkdir()
    (folder / "guides" / "index.html").write_text('<h1 id="top">x</h1><a href="../index.html#here">up</a>')
    (folder / "index.html").write_text(f'<p id="here">x</p>{body}')
    (folder / "a b.css").write_text("")
    return folder


def test_a_good_site(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = (
        '<a href="guides/index.html#top">a</a><a href="guides">b</a><a href="#here">c</a><a href="https://x.test">d</a>'
        '<link rel="stylesheet" href="a%20b.css"><link rel="canonical" href="https://x.test/"><img src="data:image/png;base64,">'
    )
    assert problems(built(tmp_path, good)) == []
    assert program.main(["check", str(tmp_path)]) == 0
    assert "every link leads somewhere" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('<a href="gone.html">', "index.html: gone.html leads to no file"),
        ('<a href="../up.html">', "index.html: ../up.html leads to no file"),
        (
            '<a href="guides/index.html#gone">',
            "index.html: guides/index.html#gone leads to no anchor of guides/index.html",
        ),
        ('<a href="#gone">', "index.html: #gone leads to no anchor of index.html"),
        ('<script src="https://x.test/a.js">', "index.html: <script> takes https://x.test/a.js from another server"),
        ('<img src="//x.test/a.png">', "index.html: <img> takes //x.test/a.png from another server"),
        (
            '<link href="https://x.test/f" rel="stylesheet">',
            "index.html: <link> takes https://x.test/f from another server",
        ),
    ],
)
def test_a_mistake_is_told(body: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert problems(built(tmp_path, body)) == [said]
    assert program.main(["check", str(tmp_path)]) == 1
    assert capsys.readouterr().out == f"{said}\n"


def test_a_folder_without_a_site(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ConfigurationError, match="Build the site first: make site"):
        problems(tmp_path)
    assert program.main(["check", str(tmp_path)]) == 2
    assert "has no index.html" in capsys.readouterr().err
