"""Where the page of a control is: ids are contract, and so are these."""

from secureinfra.controls.pages import page_of


def test_page_of() -> None:
    assert page_of("kms-key-rotated") == "controls/kms-key-rotated.html"
    for site in ("https://docs.example.com/si", "https://docs.example.com/si/"):
        assert page_of("kms-key-rotated", site) == "https://docs.example.com/si/controls/kms-key-rotated.html"
