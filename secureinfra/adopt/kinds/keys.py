"""KMS keys with their aliases: `SecureKey`."""

from __future__ import annotations

from typing import Any

from secureinfra.adopt.candidate import Candidate, Part, part_of
from secureinfra.adopt.existing import Estate, Existing, Unfit
from secureinfra.adopt.policies import calls_of, is_account_root, statements_in
from secureinfra.adopt.source import Call
from secureinfra.aws.kms.key import ALIAS


def key_of_arn(estate: Estate, given: Any) -> Existing | None:
    """The key that an argument names: by ARN, by id, or by an alias."""
    found = estate.one("aws_kms_key", "arn", given) or estate.one("aws_kms_key", "key_id", given)
    if found is None:
        alias = estate.one("aws_kms_alias", "arn", given) or estate.one("aws_kms_alias", "name", given)
        found = estate.one("aws_kms_key", "key_id", alias.values.get("target_key_id")) if alias else None
    return found


def candidate(estate: Estate, key: Existing) -> Candidate:
    """The `SecureKey` for a key.

    Raises:
        Unfit: it is a key of another kind.
    """
    _refuse_other_kinds(key)
    policy = estate.one("aws_kms_key_policy", "key_id", key.id, key.values.get("arn"))
    statements = statements_in((policy or key).get("policy"))
    if not statements:
        raise Unfit(
            "the state has no policy of it, so that another one would be written. Run terraform apply -refresh-only first"
        )
    left_to_iam = [one for one in statements if is_account_root(one, estate.account)]
    alias = next(
        (one for one in _aliases(estate, key) if not ALIAS.complaint(str(one.get("name")).removeprefix("alias/"))), None
    )
    config: dict[str, Any] = {}
    if alias:
        config["alias"] = str(alias.get("name")).removeprefix("alias/")
    if description := key.get("description"):
        config["description"] = description
    period = key.get("rotation_period_in_days")
    if key.get("enable_key_rotation") and period and period != 365:
        config["rotation_period_in_days"] = period
    if not left_to_iam:
        # Its policy alone decides today: IAM policies of the account must not decide as well from now on.
        config["strict"] = True
    if key.get("multi_region"):
        config["multi_region"] = True
    if tags := key.get("tags"):
        config["tags"] = dict(tags)
    parts: dict[str, Part] = {"key": part_of(key)}
    if alias:
        parts["alias"] = part_of(alias)
    carried = [call for one in statements if one not in left_to_iam for call in calls_of(one)]
    gone = ((policy, "the key's own policy argument has it"),) if policy else ()
    calls = tuple(Call("policy.add", (call,)) for call in carried)
    return Candidate(
        key, "kms", "SecureKey", Call("KeyConfig", named=config), calls=calls, parts=parts, superseded=gone
    )


def _aliases(estate: Estate, key: Existing) -> list[Existing]:
    return estate.with_value("aws_kms_alias", "target_key_id", key.id, key.values.get("arn"))


def _refuse_other_kinds(key: Existing) -> None:
    usage, spec = key.get("key_usage", "ENCRYPT_DECRYPT"), key.get("customer_master_key_spec", "SYMMETRIC_DEFAULT")
    if (usage, spec) != ("ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT"):
        raise Unfit(f"it is a key of another kind ({usage}, {spec}): SecureKey is symmetric and encrypts")
    if key.get("custom_key_store_id") or key.get("xks_key_id"):
        raise Unfit("it is in a custom key store, which cannot rotate it")
    if key.get("is_enabled") is False:
        raise Unfit("it is disabled, and SecureKey would enable it. Enable it first if that is meant")
