"""What some resources say, as one value that changes when any of them does."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator

from secureinfra.engine._cdk import DefaultTokenResolver, StringConcat, Tokenization
from secureinfra.engine.resource import Resource, plain

# What Terraform can evaluate where it stands.
_VALUE = re.compile(r"(aws_\w+|data|var|local|module)\.")
_REFERENCE = re.compile(r"(?<!\$)\$\{([^{}]+)\}")


def fingerprint(resources: Iterable[Resource]) -> dict[str, str]:
    """The arguments of resources, hashed, and what they refer to, hashed by Terraform, which alone knows the values.

    Addresses do not count, so that a resource that has moved is the same.

    Args:
        resources: the resources of one construct, in any order.
    """
    references: list[str] = []
    written: dict[str, str] = {}
    for one in sorted(resources, key=_key):
        for name, text in _texts(one):
            found = _REFERENCE.findall(text)
            if all(map(_VALUE.match, found)):
                references += found
                written[f"{one.type}.{one.id}.{name}"] = _REFERENCE.sub("${}", text)
            elif one.included():
                # What a module makes of a list: Terraform alone knows the argument, and has it from the resource.
                references.append(f"{one.address}.{name}")
    whole = json.dumps(written, sort_keys=True)
    fingerprints = {"arguments": hashlib.sha256(whole.encode()).hexdigest()}
    if references:
        fingerprints["references"] = f"${{sha256(jsonencode([{', '.join(dict.fromkeys(references))}]))}}"
    return fingerprints


def _key(resource: Resource) -> tuple[str, str]:
    return resource.type, resource.id


def _texts(resource: Resource) -> Iterator[tuple[str, str]]:
    """Each argument as text."""
    state = resource.owner.stack_state
    for name, value in plain(resource.attributes, state).items():
        text = json.dumps(value, sort_keys=True)
        if "TfToken[" in text:
            # Placeholders have numbers in the order of the code, which must not count.
            resolver = DefaultTokenResolver(StringConcat())
            text = str(Tokenization.resolve(text, scope=state.stack, resolver=resolver, preparing=False))
        yield name, text
