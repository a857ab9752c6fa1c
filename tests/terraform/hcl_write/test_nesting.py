"""Blocks are told from arguments: by the provider's schema, by Terraform's language, by a rule for other providers."""

from __future__ import annotations

from typing import Any

from secureinfra.terraform.hcl_write import write_document


def written(type: str, **arguments: Any) -> str:
    text = write_document({"resource": {type: {"n": arguments}}})
    return text.removeprefix(f'resource "{type}" "n" {{').removesuffix("}\n").strip("\n")


def test_schema_knows_blocks() -> None:
    assert written("aws_instance", root_block_device={"encrypted": True}) == (
        "  root_block_device {\n    encrypted = true\n  }"
    )
    assert written("aws_instance", ebs_block_device=[], root_block_device=None) == ""


def test_schema_knows_arguments() -> None:
    assert written("aws_instance", tags={"a": "b"}) == '  tags = {\n    a = "b"\n  }'


def test_arguments_that_may_be_blocks() -> None:
    assert written("aws_security_group", ingress=[]) == "  ingress = []"
    assert written("aws_security_group", ingress=[{"to_port": 1}]) == "  ingress {\n    to_port = 1\n  }"
    assert written("aws_security_group", ingress="${var.rules}") == "  ingress = var.rules"


def test_other_providers_have_lists_of_objects_as_blocks() -> None:
    assert written("other_thing", rule=[{"a": 1}], object={"b": 2}, timeouts={"create": "5m"}) == (
        '  object = {\n    b = 2\n  }\n\n  rule {\n    a = 1\n  }\n\n  timeouts {\n    create = "5m"\n  }'
    )
    for name in ("not a name", "-x", "x²", ""):
        assert written("other_thing", rule=[{name: 1}]).startswith("  rule = [")


def test_dynamic_blocks_know_the_blocks_they_make() -> None:
    content = {"metric": [{"sampled_requests_enabled": True}], "text": {"a": "b"}}
    held = {"rule": {"for_each": "${var.r}", "iterator": "one", "content": content}}
    assert written("other_thing", dynamic=held) == (
        '  dynamic "rule" {\n    for_each = var.r\n    iterator = one\n\n    content {\n      text = {\n        a = "b"\n'
        "      }\n\n      metric {\n        sampled_requests_enabled = true\n      }\n    }\n  }"
    )
    tags = {"tag": {"for_each": "${var.t}", "content": {"key": "${tag.key}"}}}
    assert 'dynamic "tag" {\n    for_each = var.t\n\n    content {\n      key = tag.key' in written(
        "aws_autoscaling_group", dynamic=tags
    )


def test_arguments_of_modules_are_never_blocks() -> None:
    text = write_document({"module": {"m": {"source": "./m", "rules": [{"a": 1}]}}})
    assert "  rules = [\n    {\n      a = 1\n    },\n  ]" in text
