"""JSON in strings: `jsonencode(...)` where that says the same, the string as it is elsewhere."""

from __future__ import annotations

import json

import pytest

from secureinfra.terraform.hcl_write import expression

POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": ["logs.amazonaws.com"]},
            "Action": "s3:GetObject",
            "Resource": ["${aws_s3_bucket.b.arn}", "${aws_s3_bucket.b.arn}/$${aws:username}/*"],
            "Condition": {"StringEquals": {"${var.issuer}:sub": "a", "aws:SourceAccount": ["1"]}},
        }
    ],
}
WRITTEN = """jsonencode({
  Version = "2012-10-17"
  Statement = [
    {
      Effect    = "Allow"
      Principal = { Service = ["logs.amazonaws.com"] }
      Action    = "s3:GetObject"
      Resource  = [aws_s3_bucket.b.arn, "${aws_s3_bucket.b.arn}/$${aws:username}/*"]
      Condition = {
        StringEquals = {
          "${var.issuer}:sub" = "a"
          "aws:SourceAccount" = ["1"]
        }
      }
    },
  ]
})"""


def test_policies() -> None:
    assert expression(json.dumps(POLICY)) == WRITTEN


def test_lists_of_objects() -> None:
    text = '[{"name": "app", "cpu": 1.50, "essential": true, "image": null, "ports": [], "x": {}}]'
    assert expression(text) == (
        'jsonencode([\n  {\n    name      = "app"\n    cpu       = 1.50\n    essential = true\n    image     = null\n'
        "    ports     = []\n    x         = {}\n  },\n])"
    )


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "[]",
        "[1, 2]",
        '["a"]',
        "{ ($.errorCode = x) }",
        '{"a": 1, "a": 2}',
        '{"a": NaN}',
        '{"cpu": ${var.cpu}}',
        '{"a": "${jsonencode(var.b)}"}',
        '{"a": "%{ if var.x }b%{ endif }"}',
        '{"a": "\ue000"}',
        r'{"a": "\uE000"}',
        "text",
        "${var.policy}",
    ],
)
def test_other_text_stays_text(text: str) -> None:
    assert "jsonencode({" not in expression(text)
    assert "jsonencode([" not in expression(text)


def test_what_is_filled_in_stays_a_string() -> None:
    module = {
        "variable": {"n": {"type": "number"}, "s": {"type": "string"}},
        "locals": {"a": "text", "b": "${length(var.s)}"},
    }
    text = '{"n": "${var.n}", "s": "${var.s}", "a": "${local.a}", "b": "${local.b}"}'
    assert expression(text, module=module) == (
        "jsonencode({\n  n = tostring(var.n)\n  s = var.s\n  a = local.a\n  b = tostring(local.b)\n})"
    )


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ('{"a": ${jsonencode(var.b)}}', "jsonencode({ a = var.b })"),
        (
            '{"a": ["x", ${jsonencode([for b in var.b : "${b}/*"])}]}',
            'jsonencode({ a = ["x", [for b in var.b : "${b}/*"]] })',
        ),
    ],
)
def test_what_is_encoded_in_its_place_is_a_value_in_its_place(text: str, written: str) -> None:
    assert expression(text) == written


@pytest.mark.parametrize(
    "text",
    [
        '{"a": ${jsonencode(var.b) == jsonencode(var.c)}}',
        '{"a": "\\"${jsonencode(var.b)}"}',
        '{"a": ${var.b}}',
    ],
)
def test_other_code_among_json_stays_text(text: str) -> None:
    assert "jsonencode({" not in expression(text)
