"""Tokens: values that only Terraform will know, as both wings write and read them."""

from __future__ import annotations

# Engines encode a number that is not known yet as a double in this range (Token.asNumber).
_NUMBER_TOKEN = -1.8881545897087e289


def is_token(value: object) -> bool:
    """Whether only Terraform will know this value: an interpolation or an engine's placeholder."""
    if isinstance(value, str):
        return "${" in value or "TfToken[" in value
    if isinstance(value, float):
        return value < _NUMBER_TOKEN
    if isinstance(value, list | tuple):
        return len(value) == 1 and isinstance(value[0], str) and "TfToken[" in value[0]
    return False
