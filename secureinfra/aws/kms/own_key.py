"""The key of a construct: the given one, or one of its own, which stays when another is given later."""

from __future__ import annotations

from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.engine import SecureConstruct


def key_of(owner: SecureConstruct, given: SecureKey | None, own: KeyConfig) -> SecureKey:
    """The key that a construct was given, or one of its own.

    What was encrypted before a key was given can be read with the construct's own key only, so Terraform forgets that key
    and does not schedule its deletion.

    Args:
        owner: the construct.
        given: the key that it was given, if any.
        own: what its own key is like.
    """
    if given is None:
        return SecureKey(owner, "key", own)
    owner.let_go("aws_kms_key", "key", given=given)
    return given
