"""Checks blocks against the AWS provider's schema: errors that Terraform would report, without running Terraform."""

from __future__ import annotations

import functools
from collections.abc import Iterator

from secureinfra.check.finding import Finding
from secureinfra.controls.provider import schema as controls
from secureinfra.terraform.model.block import Block
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.terraform.schema.schema import provider_schema
from secureinfra.terraform.unknown import UnknownValueError


def schema_findings(configuration: Configuration, major: str) -> Iterator[Finding]:
    """One finding for each AWS resource and data source, with what does not fit the provider's schema.

    A plan is not checked: the provider has created it.

    Args:
        configuration: the configuration.
        major: `5` or `6`.
    """
    control, version = controls.MAJORS[major]
    schema = provider_schema(version)
    seen: set[tuple[str, str]] = set()
    for block in configuration.blocks:
        written = (block.module, f"{block.section}.{block.type}.{block.name}")
        if not block.is_source or not block.type.startswith("aws_") or written in seen:
            continue
        seen.add(written)
        number_of = functools.partial(_number_of, block)
        problems = schema.block_problems(block.section, block.type, block.address, block.raw, number_of)
        answered = False
        for problem in problems:
            answered = True
            found = f"{problem.path} {problem.text}".strip().rstrip(".")
            yield Finding(control, "failed", block, configuration.name, problem.path, found)
        if not answered:
            yield Finding(control, "passed", block, configuration.name)


def _number_of(block: Block, name: str) -> int | None:
    """How many nested blocks of a name there are; `None` where only Terraform knows."""
    nodes = block.blocks(name)
    try:
        return sum(1 for node in nodes if node.is_there)
    except UnknownValueError:
        return None
