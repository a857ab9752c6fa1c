"""HCL as Terraform's JSON syntax."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from secureinfra.errors import ConfigurationError
from secureinfra.terraform.source import Document


def document(text: str, file: str) -> Document:
    """A file of HCL in Terraform's JSON syntax."""
    raise ConfigurationError(f"{file}: HCL is not read yet. Give Terraform JSON.")


def variables(text: str, file: str) -> Mapping[str, Any]:
    """What a file of variables sets."""
    raise ConfigurationError(f"{file}: HCL is not read yet. Give JSON.")
