"""How to make an unknown value known."""

from __future__ import annotations

import re

from secureinfra.terraform.unknown import Unknown

_VARIABLE = re.compile(r"var\.([^.\[]+)")
_OF_A_MODULE = re.compile(r"module\.[^.]+\.(?:.+\.)?var\.")
_FILES = re.compile(r"\b(?:file\w*|templatefile)\(")


def what_to_give(value: Unknown) -> str:
    """How to make a value known, in one sentence without a full stop.

    Args:
        value: the unknown value.
    """
    names = dict.fromkeys(found[1] for reference in value.references if (found := _VARIABLE.match(reference)))
    if names:
        listed = " ".join(f"--var {name}=VALUE" for name in names)
        return f"pass {listed}, a --var-file, or TF_VAR_{next(iter(names))}"
    if any(map(_OF_A_MODULE.match, value.references)):
        return "pass the argument in the call of the module, or check a plan"
    if _FILES.search(value.text):
        return "keep the file below the root module, or check a plan"
    return "check a plan, which holds more values"
