"""The grammar of IAM policies as JSON Schema: what AWS would call a MalformedPolicyDocument."""

from __future__ import annotations

import functools
import json
from collections import Counter
from collections.abc import Mapping
from importlib import resources
from typing import Any

from jsonschema import Draft202012Validator


def problems(policy: Mapping[str, Any]) -> list[str]:
    """The grammar errors of a policy; empty for one that AWS accepts.

    Args:
        policy: the decoded document.
    """
    found = [
        f"{'.'.join(map(str, error.absolute_path)) or 'policy'}: {error.message}"
        for error in _validator().iter_errors(policy)
    ]
    statements = policy.get("Statement", [])
    sids = Counter(statement.get("Sid") for statement in statements if isinstance(statement, Mapping))
    found += [f"Sid {sid!r} is used {count} times" for sid, count in sids.items() if sid and count > 1]
    return found


@functools.cache
def _validator() -> Draft202012Validator:
    text = resources.files("secureinfra.policy").joinpath("grammar.json").read_text(encoding="utf-8")
    return Draft202012Validator(json.loads(text))
