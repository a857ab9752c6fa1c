"""A helper for the tests of blueprints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from secureinfra.engine import SecureConstruct
from secureinfra.files.yaml import Document, Places, parse
from secureinfra.stacks.new.new import SETTINGS, files_of
from secureinfra.stacks.settings import project_of
from secureinfra.stacks.synth import document_of
from secureinfra.testing import assert_meets


def assert_blueprint(
    blueprint: type[SecureConstruct],
    *packs: str,
    fail_on: str = "low",
    settings: Mapping[str, Any] | None = None,
) -> None:
    """Assert that a blueprint works for those who use it by its settings file.

    It is named by `package.module:Class` and has a `config: SomeConfig`; `secureinfra new` starts a project from the
    `Example:` in its docstring, or from its defaults; the stack fits the AWS provider's schemas, and breaks no control.

    Args:
        blueprint: the class.
        packs: the packs to check, e.g. `cis-v5`; `all` by default.
        fail_on: the minimum severity that fails: `low`, `medium`, `high` or `critical`.
        settings: other settings to build it with, as in a settings file; by default those of its example.

    Raises:
        ConfigError: it is not a blueprint, has no usable example, or refuses the settings.
        ConfigurationError: the provider would reject a block.
        AssertionError: something breaks a control.
    """
    path = f"{blueprint.__module__}:{blueprint.__qualname__}"
    project = parse(files_of(path, "test", region="eu-central-1", owner="test")[SETTINGS], SETTINGS)
    if settings is not None:
        project = Document({**project.values, "settings": dict(settings)}, Places("settings"))
    for stack in project_of(project).stacks:
        assert_meets(document_of(stack), *packs, fail_on=fail_on)
