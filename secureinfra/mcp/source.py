"""Terraform that a client passes as text, or names as a path below the folder that it may read."""

from __future__ import annotations

from pathlib import Path

from secureinfra.errors import ConfigError
from secureinfra.files.within import refuse_outside
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.terraform.read import hcl, json_text
from secureinfra.terraform.read.source import Document, Module, Root

LARGEST = 4 * 1024 * 1024
"""Characters of the longest text that is read."""


def configurations(text: str, path: str) -> list[Configuration]:
    """Every configuration that a client asks about.

    Args:
        text: HCL, Terraform JSON or a plan. Nothing on disk is read for it, whatever modules and files it names.
        path: as `secureinfra check` takes it.

    Raises:
        ConfigError: both are given, or none, or the text is too long.
        ConfigurationError: there is no Terraform, or it cannot be read.
    """
    if bool(text.strip()) == bool(path):
        raise ConfigError("give either 'text', which is Terraform, or 'path', where there is some.")
    if path:
        return Configuration.load(allowed(path))
    if len(text) > LARGEST:
        raise ConfigError(f"'text' has more than {LARGEST} characters. Write it to a file, and give 'path'.")
    return [_of_text(text)]


def allowed(path: str) -> str:
    """A path that may be read, as it was given.

    Raises:
        ConfigurationError: it lies elsewhere.
    """
    refuse_outside(Path(path))
    return path


def _of_text(text: str) -> Configuration:
    if not text.lstrip().startswith("{"):
        return _in_memory("main.tf", hcl.document(text, "main.tf"))
    file = "main.tf.json"
    values = json_text.values(text, file)
    if isinstance(values, dict) and "planned_values" in values:
        return Configuration.of(values, "plan.json")
    return _in_memory(file, json_text.document(text, file))


def _in_memory(name: str, document: Document) -> Configuration:
    # Without a directory, neither local modules nor files of functions are looked for.
    module = Module(directory=None, documents=(document,), tfvars={})
    return Configuration.of_root(Root(name=name, path="", module=module))
