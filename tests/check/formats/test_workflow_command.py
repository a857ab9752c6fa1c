"""Commands for GitHub Actions: what is shown, and that no text of the input begins another command."""

import pytest

from secureinfra.check.formats.workflow_command import workflow_command


def test_a_command_with_its_properties() -> None:
    said = workflow_command("error", "no rotation", {"file": "main.tf", "line": "3", "title": "key, old"})
    assert said == "::error file=main.tf,line=3,title=key%2C old::no rotation"


def test_a_property_without_a_value_is_left_out() -> None:
    assert workflow_command("notice", "x", {"file": "", "title": "t"}) == "::notice title=t::x"


@pytest.mark.parametrize("text", ["a\n::add-mask::b", "a\r\n##[error]b", "::add-mask::b", "\x1b[31mred", "50 %"])
def test_no_text_begins_a_command(text: str) -> None:
    said = workflow_command("error", text, {"file": text})
    assert "\n" not in said
    assert "\r" not in said
    assert "\x1b" not in said
    assert "##[" not in said
    assert said.startswith("::error file=")
