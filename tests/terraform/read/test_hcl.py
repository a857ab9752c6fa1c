"""What HCL becomes in Terraform's JSON syntax; `test_hcl_referee.py` has Terraform say that it means the same."""

from __future__ import annotations

import re
import textwrap
import time
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secureinfra.errors import ConfigurationError
from secureinfra.terraform.read import hcl, hcl_text
from secureinfra.terraform.unknown import Unknown
from tests.speed import cost


def body(text: str) -> Mapping[str, Any]:
    return hcl.document(textwrap.dedent(text), "x.tf").body


def local(expression: str) -> Any:
    return body(f"locals {{\n  v = {expression}\n}}\n")["locals"]["v"]


def refusal(text: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        hcl.document(text, "x.tf")
    return str(caught.value)


# Expressions


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ('"text"', "text"),
        ('""', ""),
        ('"a ${var.b}"', "a ${var.b}"),
        ('"${var.b}"', "${var.b}"),
        ('"$${x} %%{y} $ % $$"', "$${x} %%{y} $ % $$"),
        (r'"\" \\ \n \t \u00e9 \U0001F600"', '" \\ \n \t é 😀'),
        (r'"${f("\n")}\n"', '${f("\\n")}\n'),
        (r'"\u0024{x}"', '${"$"}{x}'),
        ('"a ${~ var.b ~} c"', "a${var.b}c"),
        ('"${var.b /* why */}"', "${var.b}"),
        ("var.b", "${var.b}"),
        ("var.b[0].c[*].d", "${var.b[0].c[*].d}"),
        ("var.b # why", "${var.b}"),
        ("f(1,\n  # why\n  2)", "${f(1,\n  \n  2)}"),
        ("a.b /* c */ + 1", "${a.b   + 1}"),
        ("(\n  var.a\n  ? 1\n  : 2\n)", "${(\n  var.a\n  ? 1\n  : 2\n)}"),
        ("!!var.a", "${!!var.a}"),
        ("1", 1),
        ("-1", -1),
        ("- 1", -1),
        ("1.5", 1.5),
        ("1e3", 1000),
        ("12345678901234567890", 12345678901234567890),
        ("1.23456789012345678", "${1.23456789012345678}"),
        ("true", True),
        ("false", False),
        ("null", None),
        ("(1)", "${(1)}"),
        ("[]", []),
        ("{}", {}),
        ('[1, "a", null, var.b, [true]]', [1, "a", None, "${var.b}", [True]]),
        ('{ a = 1, "b:c" : var.d, e = { f = [] } }', {"a": 1, "b:c": "${var.d}", "e": {"f": []}}),
        ("{\n  a = 1 # one\n\n  # two\n  b = 2\n}", {"a": 1, "b": 2}),
        ("{ for = 1, true = 2, null = 3, in = 4 }", {"for": 1, "true": 2, "null": 3, "in": 4}),
        ("{ a = 1, a = 2 }", {"a": 2}),
        ("{ (var.k) = 1 }", "${{ (var.k) = 1 }}"),
        ('{ "${var.k}" = 1 }', '${{ "${var.k}" = 1 }}'),
        ('{ "$${k}" = 1 }', '${{ "$${k}" = 1 }}'),
        ("{ 1 = 2 }", "${{ 1 = 2 }}"),
        ("[for a in b : a]", "${[for a in b : a]}"),
        ("{ for k, v in b : k => v... if v }", "${{ for k, v in b : k => v... if v }}"),
        ('<<E\na "b" \\n ${var.c}\n$${d}\nE\n', 'a "b" \\n ${var.c}\n$${d}\n'),
        ("<<-E\n    a\n      b\n\n    c\n  E\n", "a\n  b\n\nc\n"),
        ("<<E\nE\n", ""),
        ('f(<<E\na "${b}"\nE\n)', '${f("a \\"${b}\\"\\n"\n)}'),
        ('"${f("}")}"', '${f("}")}'),
    ],
)
def test_expression(written: str, value: Any) -> None:
    found = local(written)
    assert (type(found), found) == (type(value), value)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('ab ${%é"\\\n:'), inner, max_size=3),
    max_leaves=8,
)


def as_hcl(value: Any) -> str:
    if isinstance(value, str):
        return f'"{_without_templates("".join(map(_escaped, value)))}"'
    if isinstance(value, list):
        return f"[{', '.join(map(as_hcl, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{as_hcl(name)} = {as_hcl(held)}" for name, held in value.items()) + "}"
    return "null" if value is None else str(value).lower()


def _escaped(character: str) -> str:
    return rf"\U{ord(character):08x}" if character in '"\\' or not character.isprintable() else character


def _without_templates(text: str) -> str:
    return re.sub(r"([$%])(?=\{)", r"\1\1", text)


@given(PLAIN)
def test_values_are_read_as_they_were(value: Any) -> None:
    assert hcl.variables(f"v = {as_hcl(value)}\n", "x.tfvars") == {"v": value}


@given(st.text('ab \t${%é"\\\n#/', max_size=20))
def test_heredocs_are_read_as_they_were(text: str) -> None:
    found = hcl.variables(f"v = <<END\n{_without_templates(text)}\nEND\n", "x.tfvars")
    assert found == {"v": f"{text}\n"}


@given(st.dictionaries(st.from_regex(r"[a-z_][a-z0-9_-]{0,6}", fullmatch=True), PLAIN, max_size=4))
def test_arguments_are_read_as_they_were(values: dict[str, Any]) -> None:
    text = "".join(f"{name} = {as_hcl(value)}\n" for name, value in values.items())
    assert hcl.variables(text, "x.tfvars") == values


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("{ # c\n for k, v in b : k => v\n}", "${{ \n for k, v in b : k => v\n}}"),
        ("{ for # c\n v in b :\n v => v }", "${{ for \n v in b :\n v => v }}"),
        ("{ for = [for v in b : v] }", {"for": "${[for v in b : v]}"}),
        ("f(\n  a,\n  b...\n)", "${f(\n  a,\n  b...\n)}"),
        ("a ? b : c ? d : e", "${a ? b : c ? d : e}"),
        ("{ a : b ? c : d }", {"a": "${b ? c : d}"}),
        ("a.b.*.c[0].0.d", "${a.b.*.c[0].0.d}"),
        ("provider::aws::arn_parse(a)", "${provider::aws::arn_parse(a)}"),
        ("1.5e-3 + 2", "${1.5e-3 + 2}"),
        ("a - -b", "${a - -b}"),
        ("[\n  1, # one\n  2,\n]", [1, 2]),
        ("[1] /* c\n d */", [1]),
        ('"50%"', "50%"),
        ("(<<E\nx\nE\n)", '${("x\\n"\n)}'),
    ],
)
def test_grammar(written: str, value: Any) -> None:
    assert local(written) == value


def test_a_block_or_argument_may_be_called_for() -> None:
    assert body('check "c" {\n  for l {\n    for = 1\n  }\n}\n') == {"check": {"c": {"for": {"l": [{"for": 1}]}}}}


@pytest.mark.parametrize("written", ["[", "{ a = ", "(", "f("])
def test_deep_is_read(written: str) -> None:
    closing = {"[": "]", "{ a = ": "}", "(": ")", "f(": ")"}[written]
    assert local(written * 150 + "1" + closing * 150)


# Blocks


def test_nested_blocks_are_lists() -> None:
    found = body("""
        resource "t" "r" {
          one { a = 1 }
          two {
            three {}
          }
          two {
            a = 2
          }
        }
    """)
    assert found == {"resource": {"t": {"r": {"one": [{"a": 1}], "two": [{"three": [{}]}, {"a": 2}]}}}}


def test_dynamic_blocks() -> None:
    found = body("""
        resource "t" "r" {
          dynamic "rule" {
            for_each = var.rules
            iterator = each_rule
            labels   = ["x"]
            content {
              id = each_rule.value
              dynamic "inner" {
                for_each = [1]
                content {}
              }
            }
          }
          dynamic "rule" {
            for_each = []
            content {}
          }
        }
    """)
    first = {
        "for_each": "${var.rules}",
        "iterator": "each_rule",
        "labels": ["x"],
        "content": {"id": "${each_rule.value}", "dynamic": {"inner": [{"for_each": [1], "content": {}}]}},
    }
    assert found["resource"]["t"]["r"] == {"dynamic": {"rule": [first, {"for_each": [], "content": {}}]}}


def test_references_and_keywords_are_written_as_such() -> None:
    found = body("""
        resource "t" "r" {
          provider   = aws.west
          depends_on = [aws_vpc.v, module.m["a"]]
          lifecycle {
            ignore_changes       = [tags["a"], rule[0].id]
            replace_triggered_by = [t.s.id]
            precondition {
              condition     = var.a
              error_message = "${var.b}"
            }
          }
          provisioner "local-exec" {
            when       = destroy
            on_failure = continue
            command    = "x"
          }
          provisioner "file" {}
          nested {
            provider = var.a
            when     = var.b
          }
        }
        resource "t" "s" {
          depends_on = ["aws_vpc.quoted"]
          lifecycle {
            ignore_changes = all
          }
        }
        module "m" {
          source     = "./m"
          providers  = { aws = aws.west, aws.other = aws }
          depends_on = [t.r]
        }
        output "o" {
          value      = 1
          depends_on = [t.r]
        }
    """)
    assert found["resource"]["t"]["r"] == {
        "provider": "aws.west",
        "depends_on": ["aws_vpc.v", 'module.m["a"]'],
        "lifecycle": {
            "ignore_changes": ['tags["a"]', "rule[0].id"],
            "replace_triggered_by": ["t.s.id"],
            "precondition": [{"condition": "${var.a}", "error_message": "${var.b}"}],
        },
        "provisioner": [
            {"local-exec": {"when": "destroy", "on_failure": "continue", "command": "x"}},
            {"file": {}},
        ],
        "nested": [{"provider": "${var.a}", "when": "${var.b}"}],
    }
    assert found["resource"]["t"]["s"] == {"depends_on": ["aws_vpc.quoted"], "lifecycle": {"ignore_changes": "all"}}
    assert found["module"]["m"] == {
        "source": "./m",
        "providers": {"aws": "aws.west", "aws.other": "aws"},
        "depends_on": ["t.r"],
    }
    assert found["output"]["o"] == {"value": 1, "depends_on": ["t.r"]}


def test_what_terraform_does_not_evaluate_is_plain() -> None:
    found = body("""
        variable "v" {
          type        = map(string) # of names
          default     = { a = "$${x}", "$${k}" = 1 }
          description = "$${y}"
          validation {
            condition     = length(var.v) > 0
            error_message = "$${z}"
          }
        }
        variable "quoted" {
          type    = "string"
          default = 60 * 60
        }
        terraform {
          required_version = ">= 1"
          required_providers {
            aws = {
              source                = "hashicorp/aws"
              configuration_aliases = [aws.a, aws.b]
            }
          }
          backend "s3" {
            key = "$${k}"
          }
        }
    """)
    assert found["variable"]["v"] == {
        "type": "map(string)",
        "default": {"a": "${x}", "${k}": 1},
        "description": "${y}",
        "validation": [{"condition": "${length(var.v) > 0}", "error_message": "$${z}"}],
    }
    unknown = found["variable"]["quoted"].pop("default")
    assert type(unknown) is Unknown
    assert unknown.text == "${60 * 60}"
    assert found["variable"]["quoted"] == {"type": "string"}
    aliases = {"source": "hashicorp/aws", "configuration_aliases": ["aws.a", "aws.b"]}
    assert found["terraform"] == {
        "required_version": ">= 1",
        "required_providers": {"aws": aliases},
        "backend": {"s3": {"key": "${k}"}},
    }


def test_blocks_without_labels_and_providers() -> None:
    found = body("""
        locals { a = 1 }
        locals { b = 2 }
        provider "aws" {}
        provider "aws" { alias = "w" }
        moved {
          from = t.a
          to   = t.b["x"]
        }
        import {
          to       = t.a
          id       = var.id
          provider = aws.w
        }
        import {
          to = t.c
          id = "x"
        }
        terraform {}
        terraform { required_version = "1" }
        check "c" {
          data "t" "d" {
            provider = aws.w
          }
          assert {
            condition     = true
            error_message = "m"
          }
        }
    """)
    assert found == {
        "locals": {"a": 1, "b": 2},
        "provider": {"aws": [{}, {"alias": "w"}]},
        "moved": {"from": "t.a", "to": 't.b["x"]'},
        "import": [{"to": "t.a", "id": "${var.id}", "provider": "aws.w"}, {"to": "t.c", "id": "x"}],
        "terraform": [{}, {"required_version": "1"}],
        "check": {
            "c": {
                "data": {"t": {"d": {"provider": "aws.w"}}},
                "assert": [{"condition": True, "error_message": "m"}],
            }
        },
    }


def test_labels_need_no_quotes() -> None:
    assert body("variable v {}\nresource t größe {}\n") == {"variable": {"v": {}}, "resource": {"t": {"größe": {}}}}


def test_nothing_but_comments() -> None:
    assert body("# only\n/* comments */ // here") == {}


# What is refused


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('resource "a" "b" {\n', ":1:18: this '{' is never closed."),
        ('resource "a" {\n}\n', ":1:1: 'resource' has 1 labels here. Write two labels"),
        ('locals "a" {\n}\n', ":1:1: 'locals' has 1 labels here. Write no label."),
        ('resource "a" "b"\n{\n}\n', ":1:17: an argument or block ends too early."),
        ('resorce "a" "b" {}', ":1:1: Terraform has no block 'resorce'. Did you mean 'resource'?"),
        ('\n  resource "a" "b${x}" {}', ':2:16: "b${x}" is not a label.'),
        ("a.b {}", ":1:1: 'a.b' is not a name."),
        ("x = 1", ":1:1: 'x' is an argument outside of any block."),
        ("x", ":1:2: an argument or block ends too early."),
        ("locals {\n a = 1\n a = 2\n}", ":3:2: 'a' is set a second time in this block."),
        ("locals {\n a = 1\n}\nlocals {\n a = 2\n}", ":5:2: 'a' is set a second time"),
        ('resource "a" "b" {\n c = []\n c {}\n}', ":3:2: 'c' is set a second time"),
        ('resource "a" "b" {\n c {}\n c = []\n}', ":3:2: 'c' is set a second time"),
        ('resource "a" "b" {\n lifecycle {}\n lifecycle {}\n}', ":3:2: a second 'lifecycle' is in this block."),
        ('data "a" "b" {}\n\ndata "a" "b" {}', ":3:1: data.a.b is in line 1 too."),
        ("locals {\n a = \n}", ":2:6: '}' is not valid HCL here."),
        ("locals {\n a = b c\n}", ":3:1: '}' is not valid HCL here."),
        ("locals {\n a = f(1, 2\n}", ":3:1: '}' is here where ')' should close what 2:7 opens."),
        ("locals {\n a = 1 b = 2\n}", ":2:8: something is before this on its line."),
        ("locals {\n a = { b = 1 c = 2 }\n}", ":2:14: a comma or a new line is missing before this."),
        ("locals {\n a = [1 2]\n}", ":2:9: '2]' is not valid HCL here."),
        ("locals {\n}\n}", ":3:1: this '}' closes nothing."),
        ("locals {\n a = 1 +\n 2\n}", ":2:9: '2' is not valid HCL here."),
        ("locals {\n a = b ? c\n}", ":2:11: '}' is not valid HCL here."),
        ("locals {\n a = [for b in c]\n}", ":2:17: ']' is not valid HCL here."),
        ("locals {\n a = { for b in c : b }\n}", ":2:23: '}' is not valid HCL here."),
        ("locals {\n a = f(b..., c)\n}", ":2:14: 'c)' is not valid HCL here."),
        ("locals {\n a = b.\n}", ":2:8: '}' is not valid HCL here."),
        ("locals {\n a = { b }\n}", ":2:10: '}' is not valid HCL here."),
        ("locals {\n a == 1\n}", ":2:4: '==' is not valid HCL here."),
        ('locals {\n a = "b\n}', ":2:6: this string is not closed on its line."),
        ('locals {\n a = "b', ":2:6: this string is not closed on its line."),
        ('locals {\n a = "${b"\n}', ":2:10: this string is not closed on its line."),
        ('locals {\n a = "${b', ":2:7: this '${' is never closed."),
        ('locals {\n a = "\\d"\n}', ":2:7: "),
        ("locals {\n a = <<E\nb\n}", ":2:6: this heredoc is never closed. Write E on a line"),
        ("locals {\n a = 1\n /* b\n}", ":3:2: this comment is never closed."),
        ("locals {\n a = 'b'\n}", ':2:6: "\'" has no meaning here. Write strings in double quotes'),
        ("locals {\n a = “b”\n}", ":2:6: '“' has no meaning here. Write strings in straight quotes"),
        ("locals {\n a = b ; c\n}", ":2:8: ';' has no meaning here. Remove it."),
        ("locals {\n a = " + "[" * 100_000, ":2:205: more than 200 brackets are open here"),
        ("locals {\n a = " + '"${' * 100_000, ":2:159: more than 50 templates are within each other here."),
        ("a {" * 100_000, ":1:603: more than 200 brackets are open here"),
        ("locals {\n a = [" + "1," * 300_000 + "]\n}", ":2:200002: only 200,000 words of one block"),
        ("locals {\n a = " + "[0]" * 300_000 + "\n}", ":2:200002: only 200,000 words of one block"),
        ("/* " * 100_000, ":1:1: this comment is never closed."),
        ("\x00", ":1:1: '\\x00' has no meaning here."),
        ("#" * (hcl.LARGEST + 1), ": is larger than 8 MB"),
    ],
)
def test_refuses_broken_hcl(text: str, said: str) -> None:
    started = time.process_time()
    message = refusal(text)
    assert message.startswith(f"x.tf{said}")
    assert message.endswith((".", "?", '"NAME"', "`", "..."))
    assert len(message) < 300
    assert time.process_time() - started < 10


def test_refuses_a_file_of_many_words_however_they_are_divided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hcl_text, "MOST_WORDS_OF_A_FILE", 66)
    assert ":12:1: only" in refusal("locals { a = 1 }\n" * 11 + "locals { b")


@given(st.text('ab="${}[]()<>E\n #/*-!,.:%~1\\', max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    said = "x.tf:1:1: "
    try:
        hcl.document(f"locals {{\n{text}\n}}\n", "x.tf")
    except ConfigurationError as error:
        said = str(error)
    assert re.match(r"x\.tf:\d+:\d+: ", said)


# Speed


def test_four_times_the_resources_take_four_times_as_long() -> None:
    # Linear is 4 and quadratic 16.
    assert cost(lambda: hcl.document(resources(400), "x.tf")) < 8 * cost(lambda: hcl.document(resources(100), "x.tf"))
    assert len(body(resources(100))["resource"]["aws_s3_bucket"]) == 100


def resources(count: int) -> str:
    return "".join(
        f"""
        resource "aws_s3_bucket" "b{index}" {{
          bucket = "name-${{var.stage}}-{index}"
          tags   = {{ Name = "b{index}" }}
          rule {{
            id = var.id
          }}
          policy = jsonencode({{
            Statement = [{{ Effect = "Deny", Action = ["s3:*"], Resource = aws_s3_bucket.b{index}.arn }}]
          }})
        }}
        """
        for index in range(count)
    )
