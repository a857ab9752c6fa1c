"""The chosen engine, imported once; every other emitting module imports the engine's names from here."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

from secureinfra.engine import choice
from secureinfra.engine.loading import exit_without_collections, without_collections

ENGINE = choice.engine_name()
# The engine's process keeps the working folder that it is started in below, and writes relative to it.
START = Path.cwd()

__all__ = [
    "ENGINE",
    "START",
    "App",
    "Construct",
    "DefaultTokenResolver",
    "LocalBackend",
    "S3Backend",
    "StringConcat",
    "TerraformElement",
    "TerraformHclModule",
    "TerraformOutput",
    "TerraformProvider",
    "TerraformResource",
    "TerraformStack",
    "TerraformVariable",
    "Token",
    "Tokenization",
]

if TYPE_CHECKING:
    from cdktf import (
        App,
        DefaultTokenResolver,
        LocalBackend,
        S3Backend,
        StringConcat,
        TerraformElement,
        TerraformHclModule,
        TerraformOutput,
        TerraformProvider,
        TerraformResource,
        TerraformStack,
        TerraformVariable,
        Token,
        Tokenization,
    )
    from constructs import Construct
else:
    choice.provide_node()
    exit_without_collections()
    with without_collections():
        _engine = importlib.import_module(ENGINE)
        # Users import it from here too: `constructs` starts the engine's process, whose Node is chosen above.
        Construct = importlib.import_module("constructs").Construct
        # Every construct needs this too, above all pydantic.
        importlib.import_module("secureinfra.config.config")
    globals().update({name: getattr(_engine, name) for name in __all__ if name not in ("ENGINE", "START", "Construct")})
