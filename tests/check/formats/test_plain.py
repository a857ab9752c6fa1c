"""Text of the input in a log: nothing that a terminal or a CI runner obeys."""

import json
from xml.etree import ElementTree

import pytest

from secureinfra.check.formats import FORMATS, rendered
from secureinfra.check.formats.plain import plain, quiet
from tests.check.judged import keys, report

ODD = "\x1b]8;;http://x\x07link\x9b31m \u202etxt\u202c"
COMMAND = f"{'x' * 60} ::error::forged ::add-mask::x ##[group]y\n::warning::z"


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("a\tb\nc", "a b c"),
        ("\x1b[31m", "\\x1b[31m"),
        ("\x9b", "\\x9b"),
        ("\u202e\u2066\u200b", "\\u202e\\u2066\\u200b"),
        ("\ud800", "\\ud800"),
        ("naïve 漢字", "naïve 漢字"),
    ],
)
def test_plain(text: str, right: str) -> None:
    assert plain(text) == right


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("::error::x", ": :error::x"),
        ("a\n  ::error::x", "a\n  : :error::x"),
        ("a##[b", "a## [b"),
        ("arn:aws:::x", "arn:aws:::x"),
    ],
)
def test_quiet(text: str, right: str) -> None:
    assert quiet(text) == right


@pytest.mark.parametrize("format", FORMATS)
def test_no_line_of_a_report_is_a_command(format: str) -> None:
    named = {f"k{ODD}": {"enable_key_rotation": False}, "unsure": {"is_enabled": f"${{var.x}}{COMMAND}{ODD}"}}
    found = report({**keys(**named), "module": {"m": {"source": f"acme/{COMMAND}{ODD}"}}})
    text = rendered(found, format)
    ours = ("::error ", "::warning ", "::notice ") if format == "github" else ()
    lines = [line.lstrip() for line in text.split("\n")]
    assert [line for line in lines if line.startswith("::") and not line.startswith(ours)] == []
    assert "##[" not in text
    assert not {letter for letter in text if (letter < " " and letter != "\n") or "\x7f" <= letter <= "\x9f"} - {"\t"}


def test_formats_for_tools_hold_what_was_written() -> None:
    found = report(keys(**{"k##[": {"enable_key_rotation": False}}))
    (failed,) = [one for one in json.loads(rendered(found, "json"))["findings"] if one["status"] == "failed"]
    assert failed["address"] == "aws_kms_key.k##["
    names = [case.get("name") for case in ElementTree.fromstring(rendered(found, "junit")).iter("testcase")]
    assert "aws_kms_key.k##[" in str(names)
