"""Instances that follow the instances of something else: `for_each = aws_s3_bucket.many`, which Terraform calls chaining."""

from __future__ import annotations

import re
from typing import Any

from secureinfra.terraform.unknown import Unknown, is_reference_to_resource, is_unknown

_NAME = r"[A-Za-z_][\w-]*"
_EACH_OF = re.compile(
    rf"\$\{{\s*\{{\s*for\s+({_NAME})\s*,\s*({_NAME})\s+in\s+(\S+)\s*:\s*\1\s*=>\s*\2((?:\.{_NAME})*)\s*\}}\s*\}}"
)
_EACH = rf"(?:\.\*|\[\*\])\.{_NAME}"
_AS_MANY = (
    r"\$\{{\s*(?:{name}|length\({name}\)|keys\({name}\)|values\({name}\)|toset\(keys\({name}\)\)|toset\({name}{each}\)"
    r"|toset\(\[\s*for\s+(?P<one>\w+)\s+in\s+{name}\s*:\s*(?P=one)\.\w+\s*\]\))\s*\}}"
)
_AT_MOST_ONE = re.compile(r".*\?\s*(?:1\s*:\s*0|0\s*:\s*1)\s*\}", re.DOTALL)


def chained(values: Any) -> Unknown | None:
    """What `each.value` is where the instances are those of a resource whose number is not known.

    Args:
        values: what `for_each` comes to.
    """
    if not is_unknown(values):
        return None
    if is_reference_to_resource(values):
        return Unknown(values.text, values.references, values.doubt)
    found = _EACH_OF.fullmatch(values.text)
    if found is None or len(values.references) != 1:
        return None
    reference = f"{values.references[0]}{found[4]}"
    return Unknown(f"${{{reference}}}", (reference,))


def follows(written: str, name: str) -> bool:
    """Whether a `count` or `for_each` makes as many instances as a resource has.

    Args:
        written: the expression.
        name: the resource as the expression would name it, e.g. `aws_s3_bucket.many`.
    """
    if re.fullmatch(_AS_MANY.format(name=re.escape(name), each=_EACH), written):
        return True
    found = _EACH_OF.fullmatch(written)
    return found is not None and found[3] == name


def is_at_most_one(written: str) -> bool:
    """Whether a `count` makes one instance or none: `var.create ? 1 : 0`."""
    return _AT_MOST_ONE.fullmatch(written) is not None
