"""The functions of Terraform's language that need nothing but their arguments."""

from secureinfra.terraform.expressions.functions import (
    choosing,
    collections,
    dates,
    encoding,
    formatting,
    matching,
    networks,
    numbers,
    sets,
    strings,
    types,
)
from secureinfra.terraform.expressions.functions.registry import FUNCTIONS, Function

__all__ = [
    "FUNCTIONS",
    "Function",
    "choosing",
    "collections",
    "dates",
    "encoding",
    "formatting",
    "matching",
    "networks",
    "numbers",
    "sets",
    "strings",
    "types",
]
