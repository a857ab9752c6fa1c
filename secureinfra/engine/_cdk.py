"""The chosen engine, imported once; every other module of this wing takes the engine's names from here."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from secureinfra.engine import choice, failure
from secureinfra.engine.loading import kept_for_good

# First, so that a missing engine or Node is told in one paragraph too.
failure.install()

ENGINE = choice.engine_name()

__all__ = [
    "ENGINE",
    "App",
    "DefaultTokenResolver",
    "S3Backend",
    "StringConcat",
    "TerraformElement",
    "TerraformHclModule",
    "TerraformOutput",
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
        S3Backend,
        StringConcat,
        TerraformElement,
        TerraformHclModule,
        TerraformOutput,
        TerraformResource,
        TerraformStack,
        TerraformVariable,
        Token,
        Tokenization,
    )
else:
    choice.provide_node()
    with kept_for_good():
        _engine = importlib.import_module(ENGINE)
        # What every construct needs besides: pydantic, above all.
        importlib.import_module("secureinfra.config")
    globals().update({name: getattr(_engine, name) for name in __all__ if name != "ENGINE"})
