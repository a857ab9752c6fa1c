"""Strings of the JSON syntax: what they stand for, and how they are quoted."""

from __future__ import annotations

import pytest

from secureinfra.errors import ConfigurationError
from secureinfra.terraform.hcl_write import expression


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", '"plain"'),
        ("", '""'),
        ("${aws_kms_key.k.arn}", "aws_kms_key.k.arn"),
        ("${ f( var.a ) }", "f(var.a)"),
        ("${-1}", "-1"),
        ("a ${-1}", '"a ${- 1}"'),
        ("${a}${b}", '"${a}${b}"'),
        ("arn:${data.aws_partition.p.partition}:s3", '"arn:${data.aws_partition.p.partition}:s3"'),
        ("$${aws:username} %%{x}", '"$${aws:username} %%{x}"'),
        ('q " b \\ n \n r \r t \t', '"q \\" b \\\\ n \\n r \\r t \\t"'),
        ("\x00\x7f\u200b\u2028\U000e0001", '"\\u0000\\u007f\\u200b\\u2028\\U000e0001"'),
        ("é 日本 😀", '"é 日本 😀"'),
        ("\ud800", '"\ufffd"'),
        ("%{ if a }x%{ endif }", '"%{if a}x%{endif}"'),
        ("${{a=1}}x", '"${ { a = 1 } }x"'),
    ],
)
def test_strings(text: str, expected: str) -> None:
    assert expression(text) == expected


def test_marks_remove_white_space_as_in_json() -> None:
    # There it is what is left of the line; in a quoted string it would be the next line's too.
    assert expression("${a ~}  \n  b") == '"${a}  b"'
    assert expression("a  \n  ${~ b}") == '"a  \\n${b}"'


def test_a_sign_before_an_interpolation_stays_a_sign() -> None:
    # What JSON writes as an escape is not a sign of a template.
    assert expression('{"a": "\\u0024${var.x}"}') == 'jsonencode({ a = "${"$"}${var.x}" })'


@pytest.mark.parametrize("text", ["${", "a ${b", "${a)}", "%{ if a", "${}"])
def test_refuses_what_is_no_template(text: str) -> None:
    with pytest.raises(ConfigurationError, match="Write"):
        expression(text)
