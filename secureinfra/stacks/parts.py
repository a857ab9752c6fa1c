"""The parts of a settings file that become configurations of their own: the provider, the state, and the blueprint's settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from secureinfra.blueprints import Blueprint, find
from secureinfra.config.config import Config
from secureinfra.config.placed import placed, problems_of
from secureinfra.config.problem import Problem
from secureinfra.config.rules import ARN
from secureinfra.engine import AwsProviderConfig, S3StateConfig
from secureinfra.errors import SecureInfraError
from secureinfra.files.yaml import Places


def part_problems(blueprint: Blueprint, values: Mapping[str, Any], places: Places) -> list[Problem]:
    """What is refused in the parts, each with its location.

    Args:
        blueprint: whose settings they are.
        values: `provider`, `settings`, and where given `backend` and `permissions_boundary`.
        places: locations of the values.

    Raises:
        ConfigError: the blueprint cannot be loaded.
    """
    parts: list[tuple[str, type[Config]]] = [("provider", AwsProviderConfig), ("settings", blueprint.config_type())]
    if "backend" in values:
        parts.append(("backend", S3StateConfig))
    problems = [problem for part, cls in parts for problem in problems_of(cls, values[part], places.below(part))]
    boundary = values.get("permissions_boundary")
    if boundary is not None and (complaint := ARN.complaint(boundary)):
        problems.append(placed(Problem("permissions_boundary", complaint, given=boundary), places))
    return problems


def problems_beside(values: Mapping[str, Any], places: Places) -> list[Problem]:
    """What is refused in the parts of a file whose own fields are refused already, so that all is told at once.

    Nothing is said of a fleet, whose parts depend on its targets, and of a blueprint that cannot be loaded.

    Args:
        values: the file.
        places: locations of its values.
    """
    given = {part: {} if values.get(part) is None else values[part] for part in ("provider", "settings")}
    given |= {part: values[part] for part in ("backend", "permissions_boundary") if values.get(part) is not None}
    mappings = (value for part, value in given.items() if part != "permissions_boundary")
    if "targets" in values or not all(isinstance(value, Mapping) for value in mappings):
        return []
    try:
        return part_problems(find(str(values.get("blueprint"))), given, places)
    except SecureInfraError:
        return []
