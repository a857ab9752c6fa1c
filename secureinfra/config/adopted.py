"""The type of `adopt`: ids of what exists already, which a construct imports instead of creating it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from secureinfra.config.rule import matches

IMPORT_ID = matches(
    r"\S(.*\S)?", "is not an import id", "write the id that `terraform import` takes, or true", example="acme-uploads"
)

Adopted = Mapping[str, Annotated[str, IMPORT_ID] | Literal[True]]
"""Import ids by role in the construct, as its addresses end (`bucket`, `private-a`, `events/log-group`); `True` for what exists and whose
id follows from the others."""
