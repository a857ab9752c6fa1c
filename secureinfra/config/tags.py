"""What AWS takes as tags: checked in the field `tags` of every configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from secureinfra.config.problem import Problem
from secureinfra.facts.tokens import is_token

# docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html ("Tag naming limits and requirements"): the
# prefix is reserved "in any combination of upper- and lower-case letters".
_RESERVED = "aws:"
_LONGEST_KEY, _LONGEST_VALUE, _MOST = 128, 256, 50


def problems_of_tags(tags: Mapping[Any, Any]) -> Iterator[Problem]:
    """What AWS would refuse in tags; values that only Terraform knows are not checked.

    Args:
        tags: by key.
    """
    if len(tags) > _MOST:
        yield Problem(
            "tags", f"has {len(tags)} keys", f"a resource has at most {_MOST}", "Leave some out", subject="tags"
        )
    for key, value in tags.items():
        at = ("tags", key)
        if not isinstance(key, str) or is_token(key):
            continue
        if key.lower().startswith(_RESERVED):
            what = f"has the key {key!r}"
            why = f"AWS reserves keys that begin with {_RESERVED!r}, in capitals too"
            yield Problem(at, what, why, f"Write {key[len(_RESERVED) :] or 'name'!r}, or leave it out", subject="tags")
        elif not 1 <= len(key) <= _LONGEST_KEY:
            yield Problem(at, f"has a key of {len(key)} characters", f"AWS takes 1 to {_LONGEST_KEY}", subject="tags")
        if isinstance(value, str) and not is_token(value) and len(value) > _LONGEST_VALUE:
            what = f"has a value of {len(value)} characters for {key!r}"
            yield Problem(at, what, f"AWS takes at most {_LONGEST_VALUE}", "Shorten it", subject="tags")
