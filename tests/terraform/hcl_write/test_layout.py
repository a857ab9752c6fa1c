"""Where values break over lines, and where equals signs stand."""

from __future__ import annotations

from secureinfra.terraform.hcl_write import expression, write_document


def test_scalars() -> None:
    given = [None, True, False, 0, -1, 1.5, 1e100, 10**30, 2.0]
    assert expression(given) == f"[null, true, false, 0, -1, 1.5, 1e+100, {10**30}, 2]"


def test_names_are_bare_where_they_are_identifiers() -> None:
    given = {"managed-by": 1, "aws:arn": 2, "for": 3, "null": 4, "9": 5, "": 6, "${var.a}": 7, "a${var.b}": 8}
    assert expression(given) == (
        '{\n  managed-by  = 1\n  "aws:arn"   = 2\n  "for"       = 3\n  "null"      = 4\n  "9"         = 5\n'
        '  ""          = 6\n  (var.a)     = 7\n  "a${var.b}" = 8\n}'
    )


def test_letters_that_join_are_escaped_in_names() -> None:
    assert expression({"e\u0301": 1, "é": 2}) == '{\n  "e\\u0301" = 1\n  "é"       = 2\n}'


def test_values_of_several_lines_divide_runs() -> None:
    given = {"a": 1, "long": 2, "object": {"x": 1}, "b": 3, "longest": {}}
    assert expression(given) == (
        "{\n  a    = 1\n  long = 2\n  object = {\n    x = 1\n  }\n  b       = 3\n  longest = {}\n}"
    )


def test_lists_break_beyond_100_columns() -> None:
    # Brackets, quotes, comma, and `  x = ` before them take 14 columns.
    assert write_document({"locals": {"x": ["a" * 43, "b" * 43]}}).count("\n") == 3
    fits = ["a" * 43, "b" * 44]
    assert write_document({"locals": {"x": fits}}) == (
        f'locals {{\n  x = [\n    "{fits[0]}",\n    "{fits[1]}",\n  ]\n}}\n'
    )


def test_lists_of_objects_and_lists() -> None:
    assert expression([{"a": [[1], []]}, []]) == "[\n  {\n    a = [[1], []]\n  },\n  [],\n]"


def test_lines_after_the_first_are_indented() -> None:
    assert expression({"a": 1}, indent=2) == "{\n    a = 1\n  }"


def test_deep_values_take_no_longer_than_they_are_deep() -> None:
    deep: object = ["x" * 200]
    for _ in range(60):
        deep = [deep]
    assert expression(deep).count("[") == 61
