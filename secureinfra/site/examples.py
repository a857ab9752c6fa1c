"""For each control, a configuration that fails it and one that passes, as Terraform JSON, HCL and Python.

The data are in `examples.json`, which `python -m tests.site.gather` takes from the controls' own tests; a test checks each of them.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from secureinfra.terraform.hcl_write import write_document

FILE = Path(__file__).with_name("examples.json")


class Example(NamedTuple):
    """What a control says no and yes to.

    Args:
        fails: a configuration that fails it.
        passes: one that passes, and differs little from the other.
    """

    fails: Mapping[str, Any]
    passes: Mapping[str, Any]


@functools.cache
def examples() -> Mapping[str, Example]:
    """The examples by the id of the control. Controls whose input does not fit a page have none."""
    held = json.loads(FILE.read_text(encoding="utf-8"))
    return {id: Example(one["fails"], one["passes"]) for id, one in held.items()}


def hcl(document: Mapping[str, Any]) -> str:
    """A configuration as HCL, as `terraform fmt` leaves it."""
    return write_document(document)
