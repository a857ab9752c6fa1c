"""IAM roles with their policies: `SecureRole`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from secureinfra.adopt.candidate import Candidate, Part, part_of
from secureinfra.adopt.existing import Estate, Existing, Unfit
from secureinfra.adopt.policies import calls_of, listed, statements_in
from secureinfra.adopt.source import Call


def candidate(estate: Estate, role: Existing) -> Candidate:
    """The `SecureRole` for a role.

    Raises:
        Unfit: its trust or its policies are of a kind that the construct does not write.
    """
    name = str(role.get("name", role.id))
    if str(role.get("path", "/")).startswith("/aws-service-role/"):
        raise Unfit("it belongs to an AWS service, which alone may change it")
    config: dict[str, Any] = {"trust": trust_of(role.get("assume_role_policy")), "name": name}
    if (path := role.get("path", "/")) != "/":
        config["path"] = path
    if description := role.get("description"):
        config["description"] = description
    if boundary := role.get("permissions_boundary"):
        config["permissions_boundary"] = boundary
    parts: dict[str, Part] = {"role": part_of(role)}
    managed = {
        str(one.get("policy_arn")): one for one in estate.with_value("aws_iam_role_policy_attachment", "role", name)
    }
    arns = sorted({*managed, *role.get("managed_policy_arns", ())})
    if arns:
        config["managed_policy_arns"] = tuple(arns)
    for arn in arns:
        id = f"{name}/{arn}"
        parts[f"policy-{arn.partition(':policy/')[2].replace('/', '-')}"] = Part(
            managed.get(arn, role), id, {"role": name, "policy_arn": arn}
        )
    if tags := role.get("tags"):
        config["tags"] = dict(tags)
    inline, calls = _inline(estate, role, name)
    if inline:
        parts["permissions"] = inline
    return Candidate(role, "role", "SecureRole", Call("RoleConfig", named=config), calls=calls, parts=parts)


def _inline(estate: Estate, role: Existing, name: str) -> tuple[Part | None, tuple[Call, ...]]:
    """The one inline policy, under the name that it has."""
    found = {
        str(one.get("name")): (one, one.get("policy")) for one in estate.with_value("aws_iam_role_policy", "role", name)
    }
    for block in role.get("inline_policy", ()):
        if block.get("name"):
            found.setdefault(str(block["name"]), (role, block.get("policy")))
    if len(found) > 1:
        raise Unfit(
            f"it has {len(found)} inline policies ({', '.join(sorted(found))}): SecureRole writes one. Put them together first"
        )
    for policy, (existing, text) in found.items():
        allowed = tuple(Call("allow", (call,)) for one in statements_in(text) for call in calls_of(one))
        renamed = () if policy == "permissions" else (Call("inline.add_override", ("name", policy)),)
        return Part(existing, f"{name}:{policy}", {"role": name, "name": policy, "policy": text}), (*allowed, *renamed)
    return None, ()


def trust_of(policy: Any) -> Call:
    """The trust of a role as a call.

    Raises:
        Unfit: it is of another kind.
    """
    statements = statements_in(policy)
    if len(statements) != 1 or statements[0].get("Effect") != "Allow":
        raise Unfit(f"its trust policy has {len(statements)} statements, and SecureRole writes one that allows")
    (statement,) = statements
    principal = statement.get("Principal")
    kinds = set(principal) if isinstance(principal, Mapping) else set()
    ids = listed(next(iter(principal.values()))) if isinstance(principal, Mapping) and principal else ()
    conditions = {
        (operator, key.lower()): listed(values)
        for operator, keys in (statement.get("Condition") or {}).items()
        for key, values in keys.items()
    }
    actions = listed(statement.get("Action", ()))
    if kinds == {"Service"} and len(ids) == 1 and actions == ("sts:AssumeRole",):
        return _service(ids[0], conditions)
    if kinds == {"AWS"} and actions == ("sts:AssumeRole",):
        return _account(ids, conditions)
    if kinds == {"Federated"} and len(ids) == 1 and actions == ("sts:AssumeRoleWithSAML",):
        return Call("SamlTrust", named={"provider_arn": ids[0]})
    raise Unfit(
        "its trust policy is of a kind that is not mapped: write its trust by hand (ServiceTrust, AccountTrust, GitHubTrust)"
    )


def _service(service: str, conditions: Mapping[tuple[str, str], tuple[str, ...]]) -> Call:
    named: dict[str, Any] = {"service": service.removesuffix(".amazonaws.com")}
    sources = [values for (_, key), values in conditions.items() if key == "aws:sourcearn"]
    if sources:
        named["source_arns"] = sources[0]
    if unknown := sorted({key for _, key in conditions} - {"aws:sourcearn", "aws:sourceaccount"}):
        raise Unfit(f"its trust policy has a condition on {', '.join(unknown)}, which ServiceTrust does not write")
    return Call("ServiceTrust", named=named)


def _account(ids: tuple[str, ...], conditions: Mapping[tuple[str, str], tuple[str, ...]]) -> Call:
    accounts = {one if one.isdigit() else (one.split(":") + [""] * 5)[4] for one in ids}
    if len(accounts) != 1:
        raise Unfit("its trust policy names principals of several accounts, and AccountTrust those of one")
    named: dict[str, Any] = {"account_id": accounts.pop()}
    roles = tuple(one for one in ids if ":role/" in one)
    if roles and len(roles) == len(ids):
        named["role_arns"] = roles
    elif roles or any(":user/" in one for one in ids):
        raise Unfit("its trust policy names users, or roles beside the whole account")
    for (operator, key), values in conditions.items():
        if key == "sts:externalid" and operator == "StringEquals" and len(values) == 1:
            named["external_id"] = values[0]
        elif key == "aws:principalorgid" and operator == "StringEquals" and len(values) == 1:
            named["organization_id"] = values[0]
        elif key == "aws:multifactorauthpresent" and values == ("true",):
            named["mfa"] = True
        elif key != "aws:multifactorauthage":
            raise Unfit(f"its trust policy has a condition on {key}, which AccountTrust does not write")
    return Call("AccountTrust", named=named)
