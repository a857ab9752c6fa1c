"""Whether a readable value, such as user data or an environment variable, discloses a credential."""

from __future__ import annotations

import base64
import binascii
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.shared.credentials import is_literal_secret, is_surely_secret_name, kinds_in
from secureinfra.terraform.unknown import Unknown, UnknownValueError, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

_SECRET_ATTRIBUTES = {
    *("password", "master_password", "admin_password", "random_password", "ses_smtp_password_v4", "auth_token"),
    *("secret", "secret_string", "secret_binary", "client_secret", "plaintext", "token", "authorization_token"),
    *("private_key", "private_key_pem", "private_key_openssh", "private_key_pem_pkcs8"),
}
_SECRET_OF_TYPE = {
    "random_password": {"result"},
    "aws_iam_access_key": {"id", "secret"},
    "aws_api_gateway_api_key": {"value"},
    "aws_appsync_api_key": {"key"},
}
# Resources of other providers may hold anything.
_PLAIN_TYPES = {"random_id", "random_pet", "random_uuid", "random_integer", "random_string", "archive_file"}
_READS_A_FILE = re.compile(r"\b(?:templatefile|templatestring|file|filebase64)\(")
_INSTANCE = re.compile(r"\[(?:\d+|\*|\"(?:[^\"\\]|\\.)*\")\]")
_MOST_BYTES = 1_000_000


def disclosed_by_variable(name: str, value: Any, configuration: Configuration) -> str:
    """Which credential an environment variable discloses, described without showing it; empty if none.

    Args:
        name: name of the variable.
        value: its value.
        configuration: what references are resolved in.

    Raises:
        UnknownValueError: only Terraform knows; the error shows references but not the text.
    """
    if value is None:
        return ""
    if not is_unknown(value):
        kind = next(iter(kinds_in(str(value))), "")
        return kind or ("a literal value" if is_literal_secret(name, str(value)) else "")
    kind = next(iter(_kinds_in_unknown(value, configuration)), "")
    # A random value may be the suffix of a name, or a password.
    random = any("random_" in reference for reference in value.references)
    return kind or (f"the secret {value.text}" if random and is_surely_secret_name(name) else "")


def disclosed_by_text(value: Any, configuration: Configuration) -> list[str]:
    """Which credentials a text discloses, described without showing them; it may be base64 and gzip, like user data.

    Args:
        value: the text, or a reference to a data source that renders one, such as `cloudinit_config`.
        configuration: what references are resolved in.

    Raises:
        UnknownValueError: as for `disclosed_by_variable`; the known part of the text discloses none.
    """
    if value is None:
        return []
    if not is_unknown(value):
        return list(dict.fromkeys(kinds_in(_plain(str(value)))))
    rendered = _rendered(configuration.target(value))
    if rendered is None:
        return list(dict.fromkeys(_kinds_in_unknown(value, configuration)))
    found: list[str] = []
    unknown: UnknownValueError | None = None
    for part in rendered:
        try:
            found += disclosed_by_text(part, configuration)
        except UnknownValueError as error:
            unknown = unknown or error
    if unknown is not None and not found:
        raise unknown
    return found


def _plain(text: str) -> str:
    try:
        held = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return text
    if held.startswith(b"\x1f\x8b"):
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(held)) as file:
                held = file.read(_MOST_BYTES)
        except (OSError, EOFError, zlib.error):
            return text
    try:
        return f"{text}\n{held.decode()}"
    except UnicodeDecodeError:
        return text


def _rendered(block: Block | None) -> list[Any] | None:
    """The texts that a data source renders; none if it does not render text."""
    if block is None:
        return None
    if block.type in ("cloudinit_config", "template_cloudinit_config"):
        return [part.get("content") for part in block.blocks("part")]
    if block.type != "template_file":
        return None
    filled_in = block.get("vars") or {}
    return [block.get("template"), *(v if is_unknown(v) else f'{name}="{v}"' for name, v in filled_in.items())]


def _kinds_in_unknown(value: Unknown, configuration: Configuration) -> Iterator[str]:
    found = False
    # An expression holds its text with the escapes of Terraform's strings.
    for kind in kinds_in(value.text.replace("\\n", "\n").replace('\\"', '"')):
        found = True
        yield kind
    unsure = not value.references or _READS_A_FILE.search(value.text) is not None
    for reference in value.references:
        secret = _is_secret(reference, value, configuration)
        if secret:
            found = True
            yield f"the secret ${{{reference}}}"
        unsure = unsure or secret is None
    if unsure and not found:
        text = " ".join(f"${{{reference}}}" for reference in value.references)
        raise UnknownValueError(Unknown(text or "(unknown text)", value.references))


def _is_secret(reference: str, value: Unknown, configuration: Configuration) -> bool | None:
    """Whether a traversal refers to a secret; `None` if unknown."""
    parts = _INSTANCE.sub("", reference).split(".")
    while parts[0] == "module" and len(parts) > 2:
        parts = parts[2:]
    if parts[0] == "var":
        return True if is_surely_secret_name(parts[1]) else None
    data = parts[0] == "data"
    type, *rest = parts[1:] if data else parts
    if not rest or (not type.startswith("aws_") and type not in _PLAIN_TYPES and type not in _SECRET_OF_TYPE):
        return (bool(rest) and rest[-1] in _SECRET_ATTRIBUTES) or None
    # Of `aws_db_instance.d[*].password` the reference is only the resource.
    attributes = set(rest[1:]) or set(re.findall(r"\.(\w+)", value.text))
    if attributes & (_SECRET_ATTRIBUTES | _SECRET_OF_TYPE.get(type, set())):
        return True
    if type == "aws_ssm_parameter" and "value" in attributes:
        return _is_secure_parameter(reference, data, configuration)
    return False


def _is_secure_parameter(reference: str, data: bool, configuration: Configuration) -> bool | None:
    block = None if data else configuration.target(reference)
    kind = block.get("type") if block else None
    return None if kind is None or is_unknown(kind) else bool(kind == "SecureString")
