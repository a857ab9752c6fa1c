"""Expressions over several lines, broken where people break them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secureinfra.terraform.hcl_write import expression
from secureinfra.terraform.hcl_write.broken import At, code_lines
from secureinfra.terraform.hcl_write.code import formatted
from secureinfra.terraform.hcl_write.layout import WIDTH
from tests.profiles import examples
from tests.terraform.hcl_write.strategies import codes

LONG = "var." + "x" * 45

CASES = {
    'merge({Name = "x", long = 1}, var.tags)': """merge({
  Name = "x"
  long = 1
}, var.tags)""",
    'merge(var.tags, {Name = "x"})': 'merge(var.tags, { Name = "x" })',
    "merge({a = 1, b = 2}, {c = 3})": """merge(
  {
    a = 1
    b = 2
  },
  { c = 3 },
)""",
    "merge({c = 3}, {a : 1, b : 2})": """merge(
  { c = 3 },
  {
    a = 1
    b = 2
  },
)""",
    f"concat(var.a, [{LONG}, {LONG}])": f"""concat(var.a, [
  {LONG},
  {LONG},
])""",
    f"concat([{LONG}], [for a in {LONG} : a.id if a != null], var.more...)": f"""concat(
  [{LONG}],
  [for a in {LONG} : a.id if a != null],
  var.more...
)""",
    f"toset(concat({LONG}, {LONG}))": f"""toset(concat(
  {LONG},
  {LONG},
))""",
    f"alltrue([{LONG} > 1, !{LONG}])": f"""alltrue([
  {LONG} > 1,
  !{LONG},
])""",
    "[for k, v in var.x : {a = k, b = v} if v != null]": """[for k, v in var.x : {
  a = k
  b = v
} if v != null]""",
    "{for k, v in var.x : k => {a = k, b = [{c = 1, d = 2}, 3]}}": """{ for k, v in var.x : k => {
  a = k
  b = [
    {
      c = 1
      d = 2
    },
    3,
  ]
} }""",
    f"[for a in {LONG} : {LONG} if a.if && true]": f"""[
  for a in {LONG} :
  {LONG}
  if a.if && true
]""",
    f"[for a in [{LONG}, {LONG}] : a.x == 1]": f"""[
  for a in [
    {LONG},
    {LONG},
  ] : a.x == 1
]""",
    f"anytrue([for a in {LONG} : {LONG} && {LONG} || a == 1])": f"""anytrue([
  for a in {LONG} :
  {LONG} &&
  {LONG} ||
  a == 1
])""",
    f"({LONG} && {LONG})": f"""(
  {LONG} &&
  {LONG}
)""",
    f"{LONG} == null ? [] : [{LONG}]": f"""{LONG} == null ? [] : [
  {LONG},
]""",
    f"[for s in var.s : s.x] == [{LONG}, {LONG}]": f"""[for s in var.s : s.x] == [
  {LONG},
  {LONG},
]""",
    "jsonencode({Version = 1, Statement = concat([{a = 1}], [for b in c : {d = b, e = 1}])})": """jsonencode({
  Version = 1
  Statement = concat(
    [{ a = 1 }],
    [for b in c : {
      d = b
      e = 1
    }],
  )
})""",
    f"contains([{', '.join(['1234'] * 34)}], var.a)": f"""contains([
  {", ".join(["1234"] * 16)},
  {", ".join(["1234"] * 16)},
  1234, 1234,
], var.a)""",
    f"alltrue([for a in b : anytrue([for c in {LONG} : c == {LONG}])])": f"""alltrue([
  for a in b : anytrue([
    for c in {LONG} :
    c == {LONG}
  ])
])""",
    f"[for a in [{LONG}, {LONG}] : f({LONG}, {LONG})]": f"""[
  for a in [
    {LONG},
    {LONG},
  ] :
  f(
    {LONG},
    {LONG},
  )
]""",
    f"[for a in b : a.long_name_of_it == toset([{LONG}, {LONG}])]": f"""[
  for a in b :
  a.long_name_of_it == toset([
    {LONG},
    {LONG},
  ])
]""",
    "(a == 1 && b == {c = 1, d = 2})": """(
  a == 1 &&
  b == {
    c = 1
    d = 2
  }
)""",
    # What Terraform refuses is written as it is.
    f"[for a in {LONG} {LONG}]": f"[\n  for a in {LONG} {LONG}\n]",
    f"[for a in {LONG} if {LONG} : 1]": f"[\n  for a in {LONG}\n  if {LONG} : 1\n]",
    # What has no brackets of its own to break in stays as it is.
    f"{LONG} && contains({LONG}, 1)": f"{LONG} && contains({LONG}, 1)",
    f"{LONG} + {LONG} + f({LONG})": f"{LONG} + {LONG} + f({LONG})",
    "var.x ? {a = 1, b = 2} : {a = 3, b = 4}": "var.x ? { a = 1, b = 2 } : { a = 3, b = 4 }",
    f'"{LONG} ${{f({LONG}, {{a = 1, b = 2}})}}"': f'"{LONG} ${{f({LONG}, {{ a = 1, b = 2 }})}}"',
}


@pytest.mark.parametrize("code", CASES)
def test_breaks(code: str) -> None:
    assert expression(f"${{{code}}}") == CASES[code]


def test_within_values_and_json() -> None:
    assert expression(["${merge({a = 1, b = 2}, var.x)}", 1]) == (
        "[\n  merge({\n    a = 1\n    b = 2\n  }, var.x),\n  1,\n]"
    )
    assert expression(f'{{"a": ["${{join(",", [{LONG}, {LONG}])}}"], "b": ${{jsonencode({{c = 1, d = 2}})}}}}') == (
        f'jsonencode({{\n  a = [\n    join(",", [\n      {LONG},\n      {LONG},\n    ]),\n  ]\n'
        "  b = {\n    c = 1\n    d = 2\n  }\n})"
    )


@examples(4)
@given(codes, st.integers(0, WIDTH))
def test_says_the_same(code: str, column: int) -> None:
    written = formatted(code)
    lines = code_lines(written, At(min(column, 8), column))
    assert formatted("\n".join(lines)) == written
    assert all(line == line.rstrip() for line in lines)


def test_deep_code_stays_on_one_line() -> None:
    code = f"{'f(' * 60}{LONG}{LONG}{')' * 60}"
    assert expression(f"${{{code}}}") == code


def test_depth_costs_nothing() -> None:
    code = f"{'f(x, ' * 38}{{ a = {LONG}, b = 1 }}{')' * 38}"
    assert formatted(expression(f"${{{code}}}")) == formatted(code)
