"""What a scope gives to an expression, and what comes back of it."""

import itertools
import sys
from typing import Any

import pytest

from secureinfra.terraform.expressions import evaluate
from secureinfra.terraform.unknown import Unknown
from tests.speed import cost
from tests.terraform.expressions.blocks import SCOPE


def known(expression: str) -> Any:
    value = evaluate(f"${{{expression}}}", SCOPE)
    assert type(value) is not Unknown, value
    return value


def unknown(text: str) -> tuple[str, tuple[str, ...]]:
    value = evaluate(text, SCOPE)
    assert type(value) is Unknown, value
    return value.text, value.references


@pytest.mark.parametrize("text", ["", "plain", "$", "a $b {c}", "100%", '{"Version": "2012-10-17"}'])
def test_text_without_templates_comes_back(text: str) -> None:
    assert evaluate(text, {}) is text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${var.name}", "app"),
        ("${ var.name }", "app"),
        ("x-${var.name}-y", "x-app-y"),
        ("${local.ports}", [80, 443]),
        ("${local.ports[1]}", 443),
        ("${local.ports[1]}/tcp", "443/tcp"),
        ("${local.none}", None),
        ("${var.tags.team}", "core"),
        ('${var.tags["team"]}', "core"),
        ("$${aws:username}/${var.name}", "${aws:username}/app"),
        ("${aws_kms_key.k.description}", "a key"),
        ("${aws_subnet.many[1].az}", "b"),
        ("${aws_subnet.many.1.az}", "b"),
        ("${aws_subnet.many[*].az}", ["a", "b"]),
        ('${aws_subnet.each["y"].az}', "b"),
        ("${{for key, subnet in aws_subnet.each : subnet.az => key}}", {"a": "x", "b": "y"}),
    ],
)
def test_known_values(text: str, value: object) -> None:
    assert evaluate(text, SCOPE) == value


def test_one_interpolation_gives_the_object_itself() -> None:
    assert evaluate("${aws_kms_key.k}", SCOPE) is SCOPE["aws_kms_key"]["k"]
    assert evaluate("${(aws_kms_key.k)}", SCOPE) is SCOPE["aws_kms_key"]["k"]


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("${aws_kms_key.k.arn}", "aws_kms_key.k.arn"),
        ("${aws_kms_key.k.tags_all.a.b}", "aws_kms_key.k.tags_all.a.b"),
        ("${aws_kms_key.gone.arn}", "aws_kms_key.gone.arn"),
        ("${aws_s3_bucket.b}", "aws_s3_bucket.b"),
        ("${aws_subnet.many[1].id}", "aws_subnet.many[1].id"),
        ("${aws_subnet.many.1.id}", "aws_subnet.many[1].id"),
        ('${aws_subnet.each["x"].id}', 'aws_subnet.each["x"].id'),
        ('${data.aws_region.r["a"].id}', 'data.aws_region.r["a"].id'),
        ("${data.aws_region.r.0.id}", "data.aws_region.r[0].id"),
        ("${(module.m.out.x)}", "module.m.out.x"),
        ("${module.m[local.ports[0]].out}", "module.m[80].out"),
        ("${each.value.name}", "each.value.name"),
        ("${var.missing}", "var.missing"),
        ("${var.open.deep[0]}", "var.open.deep[0]"),
        ("${foo}", "foo"),
    ],
)
def test_a_reference_that_leads_nowhere_is_itself(text: str, reference: str) -> None:
    assert unknown(text) == (f"${{{reference}}}", (reference,))


@pytest.mark.parametrize(
    ("text", "filled", "references"),
    [
        ("arn:aws:s3:::${aws_s3_bucket.b.id}/*", "arn:aws:s3:::${aws_s3_bucket.b.id}/*", ("aws_s3_bucket.b.id",)),
        ("${var.name}-${aws_kms_key.k.id}", "app-${aws_kms_key.k.id}", ("aws_kms_key.k.id",)),
        ("${local.arn}!", "arn:${aws_kms_key.k.id}/*!", ("aws_kms_key.k.id",)),
        ("$${x}-${a.b.c}", "$${x}-${a.b.c}", ("a.b.c",)),
        ("%%{x}-${a.b.c}", "%%{x}-${a.b.c}", ("a.b.c",)),
        ("${a.b.c}${d.e.f}${a.b.c}", "${a.b.c}${d.e.f}${a.b.c}", ("a.b.c", "d.e.f")),
        ("a-${upper(a.b.c)}", "a-${upper(a.b.c)}", ("a.b.c",)),
        ('${join("-", [var.name, a.b.c])}', "app-${a.b.c}", ("a.b.c",)),
        ('${format("%s/%03d", a.b.c, 7)}', "${a.b.c}/007", ("a.b.c",)),
        ("%{if var.open}a%{else}b%{endif}/${var.name}", "%{if var.open}a%{else}b%{endif}/app", ("var.open",)),
        ("%{for x in var.list}${x}%{endfor}.", "%{for x in var.list}${x}%{endfor}.", ("var.list",)),
    ],
)
def test_known_parts_of_an_unknown_text_are_filled_in(text: str, filled: str, references: tuple[str, ...]) -> None:
    assert unknown(text) == (filled, references)


@pytest.mark.parametrize("mark", ["$", "%"])
def test_a_mark_before_an_unknown_part_does_not_become_an_escape(mark: str) -> None:
    text, _ = unknown(f'${{"{mark}"}}${{a.b.c}}')
    assert evaluate(text, {"a": {"b": {"c": "x"}}}) == f"{mark}x"
    text, _ = unknown(f'${{format("%s%s{{x}}", a.b.c, "{mark}")}}')
    assert evaluate(text, {"a": {"b": {"c": "x"}}}) == f"x{mark}{{x}}"


@pytest.mark.parametrize(
    "text",
    [
        "${1 + }",
        "${",
        "${a b}",
        "${'a'}",
        "${a.b.*.c.*.d}",
        "${[[1]].0.0}",
        "%{if true}a",
        "%{endif}",
        "%{else}a%{endif}",
        "%{for x in}${x}%{endfor}",
        "%{nope}",
        '${"a}',
        '${"\\q"}',
        "${<<EOT\na\n}",
        "${{a.b = 1}}",
        "${{a = 1 b = 2}}",
        "${a::b}",
        "${[1 2]}",
        "${1e999}",
    ],
)
def test_what_is_no_template_stays_raw(text: str) -> None:
    assert unknown(text) == (text, ())


@pytest.mark.parametrize(
    ("text", "references"),
    [
        ("${1 + []}", ()),
        ("${var.tags.absent}", ("var.tags.absent",)),
        ("${local.ports[2]}", ("local.ports[2]",)),
        ("${upper(var.tags)}", ("var.tags",)),
        ("${var.name + local.ports[0]}", ("var.name", "local.ports[0]")),
        ("${aws_subnet.many[var.name].id}", ("aws_subnet.many", "var.name")),
        ("${nope(a.b.c)}", ("a.b.c",)),
        ("${file(var.name)}", ()),
        ("${uuid()}", ()),
        ("${provider::aws::arn_parse(a.b.c)}", ("a.b.c",)),
    ],
)
def test_what_terraform_would_refuse_or_find_out_is_unknown(text: str, references: tuple[str, ...]) -> None:
    assert unknown(text) == (text, references)


def test_known_parts_around_what_is_refused_stay() -> None:
    value = evaluate('${{Effect = "Allow", Resource = upper([]), Action = ["s3:Get*", var.tags.absent]}}', SCOPE)
    assert value["Effect"] == "Allow"
    assert value["Resource"].text == "${upper([])}"
    assert value["Action"][0] == "s3:Get*"
    assert value["Action"][1].reference == "var.tags.absent"


def test_variables_of_loops_are_filled_in() -> None:
    value = evaluate('${[for port in local.ports : lower("${port}-${a.b.c}")]}', SCOPE)
    assert [held.text for held in value] == ['${lower("${80}-${a.b.c}")}', '${lower("${443}-${a.b.c}")}']
    value = evaluate("${[for key, subnet in aws_subnet.each : upper(subnet.id)]}", SCOPE)
    assert [held.text for held in value] == [
        '${upper(aws_subnet.each["x"].id)}',
        '${upper(aws_subnet.each["y"].id)}',
    ]


def test_comparison_with_a_constructed_list_stays_open() -> None:
    # `[]` is a tuple, a typed variable is a list: Terraform calls them different, and the type is not known here.
    assert unknown("${local.ports == [80, 443]}")[0] == "${local.ports == [80, 443]}"
    assert known("local.ports == [80]") is False
    assert known("local.ports == local.ports") is True


def test_a_block_is_not_null() -> None:
    assert known("aws_kms_key.k != null") is True
    assert unknown("${aws_kms_key.k == var.tags}")[1] == ("aws_kms_key.k",)


def test_a_block_as_a_whole_is_unknown_under_its_name() -> None:
    assert unknown("${keys(aws_kms_key.k)}") == ("${keys(aws_kms_key.k)}", ("aws_kms_key.k",))
    assert unknown("key: ${aws_kms_key.k}") == ("key: ${aws_kms_key.k}", ("aws_kms_key.k",))
    assert unknown("${jsonencode(aws_subnet.many)}")[1] == ("aws_subnet.many[0]", "aws_subnet.many[1]")


@pytest.mark.parametrize(
    "text",
    [
        "${" + "(" * 100_000 + "1" + ")" * 100_000 + "}",
        "${" + "[" * 5_000 + "]" * 5_000 + "}",
        "${" + "!" * 100_000 + "true}",
        "${" + "+".join(["1"] * 100_000) + "}",
        "${" + "true?1:" * 5_000 + "2}",
        "${a" + ".b" * 100_000 + "+1}",
        "${a" + "[0]" * 50_000 + "+1}",
        "${a" + "[*]" * 100_000 + "}",
        "${" + '"${' * 5_000 + '}"' * 5_000 + "}",
        "%{if true}" * 5_000 + "%{endif}" * 5_000,
        "${<<A\n" * 200,
        "${" + "/*" * 50_000,
        "${jsondecode(" + '"' + "[" * 50_000 + '")}',
        "${[for a in range(1000): [for b in range(1000): a * b]]}",
        "%{for a in range(1000)}%{for b in range(1000)}x%{endfor}%{endfor}",
        "${setproduct(range(1000), range(1000), range(1000))}",
        '${format("%999999999d", 1)}',
        "${pow(10, 1000000)}",
        "${pow(1e99, 999)}",
        '${tonumber("1e99999999")}',
        '${indent(1000000, "' + "\\n" * 5_000 + '")}',
        '${replace(format("%1000s", "a"), "", format("%1000s", format("%1000s", "")))}' * 50 + "${x}",
        '${regex("(((a{1000}){1000}){1000})", "a")}',
        '${regex("' + "(" * 1_000 + "a" + ")" * 1_000 + '", "a")}',
        '${regexall("a*a*a*b", "' + "a" * 500_000 + '")}',
        '${regexall("a*b|a", "' + "a" * 5_000 + '")}',
        '${cidrsubnet("10.0.0.0/8", 1e30, 0)}',
        '${timeadd("2017-11-22T00:00:00Z", "99999999999999h")}',
    ],
    ids=range(28),
)
def test_nothing_exhausts_stack_or_time(text: str) -> None:
    came_to: list[object] = []
    assert cost(lambda: came_to.append(evaluate(text, {})), runs=1) < 5
    assert type(came_to[0]) is Unknown


@pytest.mark.parametrize(
    "text",
    [
        "${" + "(" * 90 + "1" + ")" * 90 + "}",
        "${" + "+".join(["1"] * 90) + "}",
        "${" + '"${' * 40 + "1" + '}"' * 40 + "}",
        "%{if true}" * 80 + "x" + "%{endif}" * 80,
        '${regex("(a+)+$", "' + "a" * 300 + '")}',
    ],
    ids=range(5),
)
def test_reasonable_nesting_is_evaluated(text: str) -> None:
    assert type(evaluate(text, {})) is not Unknown


def test_stack_that_is_nearly_used_up_gives_unknown() -> None:
    def down(levels: int) -> Any:
        return down(levels - 1) if levels else evaluate("${" + "(" * 90 + "1" + ")" * 90 + " + 1}", {})

    depth = 0
    frame: Any = sys._getframe()
    while frame is not None:
        frame, depth = frame.f_back, depth + 1
    assert type(down(sys.getrecursionlimit() - depth - 60)) is Unknown


def test_speed_of_plain_references() -> None:
    names = itertools.count()

    def references(form: str) -> None:
        # Names of their own, since what was read once is known.
        for name in itertools.islice(names, 1_000):
            reference = form.format(f"aws_s3_bucket.speed{name}.id")
            evaluate(f"${{{reference}}}", {})
            evaluate(f"arn:aws:s3:::${{{reference}}}/*", {})

    # Measured: a fifth of what the parser takes.
    assert cost(lambda: references("{}")) < cost(lambda: references("({})")) / 2
