"""Blocks held against the AWS provider's schema: what Terraform would refuse, before it is asked."""

from __future__ import annotations

from collections.abc import Iterator

from secureinfra.check.finding import Finding
from secureinfra.controls import provider_schema as controls
from secureinfra.terraform.configuration import Configuration
from secureinfra.terraform.schema import provider_schema


def schema_findings(configuration: Configuration, major: str) -> Iterator[Finding]:
    """One finding for each resource and data source of AWS, with what the provider would not take of it.

    A plan is not asked: the provider has made it.

    Args:
        configuration: what is judged.
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
        problems = schema.block_problems(block.section, block.type, block.address, block.raw)
        answered = False
        for problem in problems:
            answered = True
            found = f"{problem.path} {problem.text}".strip().rstrip(".")
            yield Finding(control, "failed", block, configuration.name, problem.path, found)
        if not answered:
            yield Finding(control, "passed", block, configuration.name)
