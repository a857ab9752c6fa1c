"""Code is spaced as `terraform fmt` spaces it, on one line."""

from __future__ import annotations

import pytest

from secureinfra.terraform.hcl_write.code import CodeError, formatted, members_of


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("aws_kms_key.k.arn", "aws_kms_key.k.arn"),
        ("  var.a  ", "var.a"),
        ("f( a,b ,c... )", "f(a, b, c...)"),
        ("a?b:c", "a ? b : c"),
        ("!a&&b||c", "!a && b || c"),
        ("1-1", "1 - 1"),
        ("-1", "-1"),
        ("[-1,- 2]", "[-1, -2]"),
        ("!- 1", "!-1"),
        ("{a=1,b={}}", "{ a = 1, b = {} }"),
        ("{\n a = 1\n\n b = 2,\n}", "{ a = 1, b = 2 }"),
        ("{\n for k,v in x:\n k=>v if v!=null\n}", "{ for k, v in x : k => v if v != null }"),
        ("[for x in [1]:x]", "[for x in [1] : x]"),
        ('a [0].b["c"][*].d', 'a[0].b["c"][*].d'),
        ('"a${ var.b }c${{a=1}["a"]}"', '"a${var.b}c${ { a = 1 }["a"]}"'),
        ('"%{ if a ~}x%{ endif }"', '"%{if a~}x%{endif}"'),
        ("f(\n a, # why\n b /* what */\n)", "f(a, b)"),
        ("provider::aws::arn(x)", "provider::aws::arn(x)"),
        ('f(<<EOT\na "b" ${ c }\nEOT\n)', 'f("a \\"b\\" ${c}\\n")'),
        ("f(<<-EOT\n    a\n      b\n    EOT\n)", 'f("a\\n  b\\n")'),
    ],
)
def test_formatted(code: str, expected: str) -> None:
    assert formatted(code) == expected


@pytest.mark.parametrize("code", ["f(", "a)", "(a]", '"a', '"${a"', "a ' b", "<<EOT\na", "((" * 600, '"${' * 60])
def test_refuses_what_is_no_code(code: str) -> None:
    with pytest.raises(CodeError):
        formatted(code)


def test_members_of() -> None:
    assert members_of(' a = f(b, c), d = "},\\"" }), x') == (["a = f(b, c)", 'd = "},\\""'], "), x")
