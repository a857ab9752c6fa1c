"""The functions of Terraform's language that need nothing but their arguments and files below the root module."""

from secureinfra.terraform.expressions.functions import (
    arns,
    choosing,
    collections,
    dates,
    encoding,
    files,
    formatting,
    matching,
    networks,
    numbers,
    sets,
    strings,
    types,
    yaml,
)
from secureinfra.terraform.expressions.functions.registry import FUNCTIONS, Function

__all__ = [
    "FUNCTIONS",
    "Function",
    "arns",
    "choosing",
    "collections",
    "dates",
    "encoding",
    "files",
    "formatting",
    "matching",
    "networks",
    "numbers",
    "sets",
    "strings",
    "types",
    "yaml",
]
