"""JSON that an argument holds as text: written out, by `jsonencode(...)`, or with parts that Terraform fills in."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from secureinfra.terraform.expressions import evaluate
from secureinfra.terraform.unknown import Unknown, UnknownValueError, is_unknown

# A string of JSON, or an interpolation that stands where a value does: `"cpu": ${var.cpu}`.
_STRING_OR_BARE = re.compile(r'"(?:\$\{[^{}]*\}|[^"\\]|\\.)*"|\$\{[^{}"]*\}')
# An interpolation in a string; quotes in it are Terraform's, and end no string: `"${split("/", var.name)[0]}"`.
_WITH_QUOTES = re.compile(r'\$\{[^{}\\]*"[^{}\\]*\}')


def decoded(value: Any) -> Any:
    """What the text holds, an `Unknown` standing for every string that Terraform fills in, in whole or in part.

    Args:
        value: the text, or an `Unknown` that is text in part.

    Raises:
        UnknownValueError: nothing of it is known, or it is not a JSON; the error does not show the text, which may hold secrets.
    """
    if not is_unknown(value):
        try:
            return json.loads(value)
        except (TypeError, ValueError, RecursionError):
            raise UnknownValueError(Unknown("(text that is not a JSON)")) from None
    try:
        held = json.loads(_STRING_OR_BARE.sub(_as_string, value.text))
    except (ValueError, RecursionError):
        raise UnknownValueError(_without_text(value)) from None
    # Text that was known through and through is what AWS will see; other text is still a template.
    whole = _filled_in(held)
    if is_unknown(whole):
        raise UnknownValueError(_without_text(value))
    return whole


def _as_string(match: re.Match[str]) -> str:
    if not match[0].startswith('"'):
        return json.dumps(match[0])
    return _WITH_QUOTES.sub(lambda found: json.dumps(found[0])[1:-1], match[0])


def _without_text(value: Unknown) -> Unknown:
    if value.reference or not value.references:
        return value if value.reference else Unknown("(text that is not known)")
    return Unknown(" ".join(f"${{{reference}}}" for reference in value.references), value.references)


def _filled_in(held: Any) -> Any:
    if isinstance(held, str):
        return evaluate(held, {})
    if isinstance(held, Mapping):
        return {key: _filled_in(value) for key, value in held.items()}
    return [_filled_in(item) for item in held] if isinstance(held, list) else held
