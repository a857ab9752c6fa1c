"""Passwords that AWS makes during an apply: neither the plan nor the state ever has them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Annotated

from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between, matches
from secureinfra.config.rules import Text, is_token
from secureinfra.engine import Ephemeral, SecureConstruct
from secureinfra.errors import ConfigError

__all__ = ["GeneratedPassword"]

# Resources and data sources that keep what they make in the state.
_IN_STATE = re.compile(r"\b(?:data\.[a-z0-9_]+|random_\w+|tls_\w+)\.\w+\.")
_KEY = matches(r"[A-Za-z0-9_-]{1,64}", "is not a usable name in JSON", "write letters, digits, '_' and '-'")


class GeneratedPassword(Config):
    """What a generated password looks like."""

    length: Annotated[int, between(20, 4096, "characters")] = 32
    """Number of characters, 20 to 4,096."""
    exclude_characters: Text | None = "\"'/@\\ "
    """Characters that it never has; by default those that URLs, shells and RDS do not take."""
    exclude_punctuation: bool = False
    """Only letters and digits."""
    key: Annotated[str, _KEY] = "password"
    """Its name, if the value is JSON."""
    fields: dict[str, str] = {}
    """What stands beside it, e.g. `{"username": "shop"}`: the value is then JSON. These are in the state."""

    def problems(self) -> Iterator[Problem]:
        """The password has one place in the JSON."""
        if self.key in self.fields:
            yield Problem(
                "fields", f"has {self.key!r}", "that is the place of the password", "Remove it, or choose another key"
            )


def generated(owner: SecureConstruct, password: GeneratedPassword) -> str:
    """A value that AWS makes anew in each run, and that only write-only arguments take.

    Args:
        owner: the construct that keeps it.
        password: what it looks like.
    """
    # docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html
    made = Ephemeral(
        owner,
        "password",
        "aws_secretsmanager_random_password",
        password_length=password.length,
        exclude_characters=password.exclude_characters,
        exclude_punctuation=password.exclude_punctuation or None,
        require_each_included_type=True,
    )
    reference = made.ref("random_password")
    if not password.fields:
        return reference
    members = [f"{json.dumps(name)} = {_expression(value)}" for name, value in password.fields.items()]
    return f"${{jsonencode({{{', '.join([*members, f'{json.dumps(password.key)} = {reference[2:-1]}'])}}})}}"


def _expression(value: str) -> str:
    whole = re.fullmatch(r"\$\{([^{}]*)\}", value)
    return whole[1] if whole else json.dumps(value)


def required_token(path: str, value: str) -> str:
    """A value that is given, which only Terraform may know.

    Raises:
        ConfigError: it is written out, or comes from where it would stay in the state. The error does not repeat it.
    """
    if not is_token(value):
        raise ConfigError(
            f"{path}: value is written out: it would be in the code, the output and every copy of them. Give a reference to "
            "an ephemeral variable or resource, e.g. value='${var.api_key}', or let AWS generate it."
        )
    if _IN_STATE.search(value):
        raise ConfigError(
            f"{path}: value={value!r} comes from a resource or data source that keeps it in the state. Give a reference to an "
            "ephemeral variable or resource, e.g. value='${var.api_key}', or let AWS generate it."
        )
    return value
