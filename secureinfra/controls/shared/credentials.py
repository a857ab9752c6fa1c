"""Credentials in text: recognized only if certain, named by their kind, never shown."""

from __future__ import annotations

import re
from collections.abc import Iterator

_SHAPES = {
    "an AWS access key": re.compile(r"(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])"),
    "an AWS secret key": re.compile(
        r"secret_?(?:access_?)?key[\"']?[\s:=]{1,4}[\"']?[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])", re.IGNORECASE
    ),
    "a private key": re.compile(r"-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----"),
    "a GitHub token": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{40,})"),
    "a GitLab token": re.compile(r"\bglpat-[A-Za-z0-9_-]{20}"),
    "a Slack token": re.compile(r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}"),
    "a Stripe key": re.compile(r"\b[rs]k_live_[A-Za-z0-9]{16,}"),
    "a Google API key": re.compile(r"\bAIza[A-Za-z0-9_-]{35}"),
    "an npm token": re.compile(r"\bnpm_[A-Za-z0-9]{36}"),
    "a password in a URL": re.compile(r"\b[a-z][a-z0-9+.-]{1,20}://[^\s:/@\"'<>$]{0,100}:[^\s:/@\"'<>${}]{1,100}@"),
}

# `name = value`: in a shell, an ini file or code. `${NAME:-...}` and the parts of an ARN do not count.
_EQUALS = re.compile(
    r"(?<![\w:/.{-])-{0,2}(?P<name>[A-Za-z][\w.-]{0,80})[\"']?(?P<space>[ \t]?)=[ \t]?(?P<quote>[\"']?)(?P<value>[^\s\"';,&|]+)"
)
# `name: value`: in YAML at the start of a line, in JSON with its name in quotes. In prose it can be anywhere.
_COLON = re.compile(
    r"(?:^[ \t{,-]*|[\"'])(?P<name>[A-Za-z][\w.-]{0,80})[\"']?[ \t]?:(?P<space>[ \t]+)(?P<quote>[\"']?)(?P<value>[^\s\"',}]+)",
    re.MULTILINE,
)

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_ENDINGS = ("password", "passwd", "passphrase", "apikey", "secretkey", "accesskey", "privatekey", "authtoken")
_KINDS_OF_KEY = {"api", "secret", "access", "private", "encryption", "signing", "auth", "account", "shared"}
_HARMLESS_TOKENS = {"next", "page", "max", "pagination", "continuation", "client", "metadata", "stop", "sync"}
# A password or a key has no other meaning; a `DB_SECRET` may be the name of a secret.
_SURE_SECRETS = {"client", "app", "jwt", "session", "cookie", "signing", "consumer", "webhook", "shared", "oauth"}

_NO_LITERAL = re.compile(
    r"[$`<%!=(\[]|\{\{|arn:|/|~/|[a-z+]+://|(?:var|local|data|module|each|self|(?:aws|random)_\w+)\.", re.IGNORECASE
)
_SETTINGS = {"true", "false", "yes", "no", "on", "off", "none", "null", "nil", "undefined", "required", "optional"}
_NAME_OF_ONE = re.compile(r"[a-z0-9]+(?:[-_/.][a-z0-9]+)+")
_PATH = re.compile(r"[a-z0-9_.-]+(?:/[a-z0-9_.-]+)+")
_IDENTIFIER = re.compile(r"[A-Za-z_]+(?:\.\w+)*")


def kinds_in(text: str) -> Iterator[str]:
    """The kinds of credentials in a text, e.g. `a private key`, `a literal value for DB_PASSWORD`.

    A name counts with a literal value only: a shell variable, a call or a reference does not count.
    """
    for kind, shape in _SHAPES.items():
        if shape.search(text):
            yield kind
    for pattern in (_EQUALS, _COLON):
        for match in pattern.finditer(text):
            name, value = match["name"], match["value"]
            # Code contains `password = other`; only a digit or a quote tells a password apart from it.
            code = match["space"] and not match["quote"] and _IDENTIFIER.fullmatch(value) and pattern is _EQUALS
            if not code and is_literal_secret(name, value):
                yield f"a literal value for {name}"


def is_literal_secret(name: str, value: str) -> bool:
    """Whether a value is a literal secret, as far as its name and form show.

    Args:
        name: of the variable, e.g. `DB_PASSWORD`.
        value: the value. A path, an ARN, a URL, a shell expansion or a switch is not a secret.
    """
    if not is_secret_name(name) or not value or _NO_LITERAL.match(value) or "$(" in value or "${" in value:
        return False
    if value.lower() in _SETTINGS or (value.isdigit() and len(value) < 4) or _PATH.fullmatch(value) or "(" in value:
        return False
    return is_surely_secret_name(name) or not _NAME_OF_ONE.fullmatch(value)


def is_secret_name(name: str) -> bool:
    """Whether a variable of that name holds a secret: `DB_PASSWORD`, `apiKey`, `client-secret`; not `PASSWORD_FILE`."""
    words = [word.lower() for word in _WORDS.findall(name)]
    if not words:
        return False
    *before, last = words
    previous = before[-1] if before else ""
    return (
        last.endswith(_ENDINGS)
        or last == "secret"
        or words[-3:] == ["secret", "key", "base"]
        or (last == "pwd" and bool(before))
        or (last == "key" and previous in _KINDS_OF_KEY)
        or (last == "token" and previous not in _HARMLESS_TOKENS)
    )


def is_surely_secret_name(name: str) -> bool:
    """Whether such a name can mean nothing else; `DB_SECRET` may also hold the name or the ARN of a secret."""
    words = [word.lower() for word in _WORDS.findall(name)]
    return is_secret_name(name) and (words[-1] != "secret" or (len(words) > 1 and words[-2] in _SURE_SECRETS))
