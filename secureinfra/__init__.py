"""Hardened AWS infrastructure, from Python to Terraform.

Importing this package starts nothing; each name is loaded on first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from secureinfra.aws.kms_key import KeyConfig as KeyConfig
    from secureinfra.aws.kms_key import SecureKey as SecureKey
    from secureinfra.config import Config as Config
    from secureinfra.engine._cdk import App as App
    from secureinfra.engine._cdk import TerraformOutput as TerraformOutput
    from secureinfra.engine._cdk import TerraformStack as TerraformStack
    from secureinfra.engine._cdk import TerraformVariable as TerraformVariable
    from secureinfra.engine.backend import S3StateConfig as S3StateConfig
    from secureinfra.engine.backend import secure_s3_backend as secure_s3_backend
    from secureinfra.engine.construct import SecureConstruct as SecureConstruct
    from secureinfra.engine.provider import AssumeRole as AssumeRole
    from secureinfra.engine.provider import AwsProvider as AwsProvider
    from secureinfra.engine.provider import AwsProviderConfig as AwsProviderConfig
    from secureinfra.engine.resource import Data as Data
    from secureinfra.engine.resource import Resource as Resource
    from secureinfra.engine.stack import configure as configure
    from secureinfra.errors import ConfigError as ConfigError
    from secureinfra.errors import ConfigurationError as ConfigurationError
    from secureinfra.errors import ControlError as ControlError
    from secureinfra.errors import SecureInfraError as SecureInfraError
    from secureinfra.waiver import Waiver as Waiver

__version__ = "0.1.0"

# A test compares this table with the imports above, which type checkers and editors read.
_HOMES = {
    "KeyConfig": "aws.kms_key",
    "SecureKey": "aws.kms_key",
    "Config": "config",
    "App": "engine._cdk",
    "TerraformOutput": "engine._cdk",
    "TerraformStack": "engine._cdk",
    "TerraformVariable": "engine._cdk",
    "S3StateConfig": "engine.backend",
    "secure_s3_backend": "engine.backend",
    "SecureConstruct": "engine.construct",
    "AssumeRole": "engine.provider",
    "AwsProvider": "engine.provider",
    "AwsProviderConfig": "engine.provider",
    "Data": "engine.resource",
    "Resource": "engine.resource",
    "configure": "engine.stack",
    "ConfigError": "errors",
    "ConfigurationError": "errors",
    "ControlError": "errors",
    "SecureInfraError": "errors",
    "Waiver": "waiver",
}

__all__ = [*_HOMES]  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
