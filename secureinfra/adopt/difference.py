"""What an import is followed by: the arguments that a construct writes otherwise, and whether Terraform replaces for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from secureinfra.adopt.policies import canonical, policy_changes
from secureinfra.facts.replacement import ABSENT, replaces
from secureinfra.terraform.schema.schema import VERSIONS, provider_schema

_POLICIES = frozenset({"policy", "assume_role_policy"})
# Arguments that no API tells, so that an import leaves them empty:
# https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/kms_key
_NOT_READ = frozenset({("aws_kms_key", "deletion_window_in_days")})
# What the provider takes for an argument that is not written, below registry.terraform.io/providers/hashicorp/aws/latest/docs/resources
_DEFAULTS: Final[Mapping[tuple[str, str], Any]] = {
    ("aws_kms_key", "customer_master_key_spec"): "SYMMETRIC_DEFAULT",
    ("aws_kms_key", "is_enabled"): True,
    ("aws_kms_key", "key_usage"): "ENCRYPT_DECRYPT",
    ("aws_nat_gateway", "connectivity_type"): "public",
    ("aws_security_group", "description"): "Managed by Terraform",
    ("aws_vpc", "enable_dns_support"): True,
    ("aws_vpc", "instance_tenancy"): "default",
}
# Whose nested blocks the provider reads and does not require to be written, since resources of their own write them.
_BLOCKS_READ = frozenset({"aws_s3_bucket"})
_META = ("//", "depends_on", "lifecycle", "provider")
# Arguments that say how Terraform works with the resource, or that derive from others.
_APART = frozenset(
    {"id", "tags_all", "timeouts", "force_destroy", "revoke_rules_on_delete", "force_detach_policies", "region"}
)


class _Later:
    """A value that Terraform knows after it has created something."""

    def __repr__(self) -> str:
        return "(known after apply)"


LATER: Final = _Later()


@dataclass(frozen=True)
class Change:
    """An argument that changes.

    Args:
        argument: its name.
        old: its value today.
        new: its value afterwards.
        replaces: whether Terraform replaces the resource for it; `None` where only the provider knows.
        sensitive: whether its value is not to be shown.
    """

    argument: str
    old: Any
    new: Any
    replaces: bool | None
    sensitive: bool = False

    @property
    def text(self) -> str:
        """What changes, as short as it can be said: values where they are short, and statements of policies by their ids."""
        if self.sensitive:
            return self.argument
        if self.argument in _POLICIES:
            said = "" if self.new is LATER else policy_changes(self.old, self.new)
        else:
            values = [_short(self.old), _short(self.new)]
            said = f"{values[0]} to {values[1]}" if None not in values and self.argument != "tags" else ""
        return f"{self.argument} ({said})" if said else self.argument


def _short(value: Any) -> str | None:
    if isinstance(value, bool | None):
        return {True: "true", False: "false", None: "nothing"}[value]
    text = str(value)
    return text or "nothing" if isinstance(value, str | int | _Later) and len(text) <= 40 else None


def changes_of(
    type: str,
    read: Mapping[str, Any],
    written: Mapping[str, Any],
    resolve: Callable[[Any], Any],
    default_tags: Mapping[str, str],
) -> Iterator[Change]:
    """What the plan changes of a resource when it is imported.

    Args:
        type: the type that it is imported as.
        read: its attributes as the import reads them.
        written: the resource as the construct writes it.
        resolve: gives each reference its value today; `LATER` where there is none.
        default_tags: what the provider adds to the tags of everything.
    """
    block = provider_schema(VERSIONS[0]).block("resource", type)
    ignored = {*_META, *_APART, *written.get("lifecycle", {}).get("ignore_changes", ())}
    nested = {} if type in _BLOCKS_READ else block.get("b", {})
    for name in (*block.get("a", {}), *block.get("b", {})):
        if name in ignored:
            continue
        flags = block.get("a", {}).get(name, ("", ""))[1]
        if name not in written and (("c" in flags and name != "tags") or (not flags and name not in nested)):
            continue
        if name not in written and name != "tags" and _plain(read.get(name)) is None:
            continue
        new = resolve(written[name]) if name in written else _DEFAULTS.get((type, name))
        old = None if (type, name) in _NOT_READ else read.get(name)
        if name == "tags":
            new, old = {**default_tags, **(new or {})}, read.get("tags_all") or old
        if not _equal(name, old, new):
            yield Change(name, old, new, _replaced(type, name, old, new))


def _equal(name: str, old: Any, new: Any) -> bool:
    if name in _POLICIES and LATER is not new:
        return bool(canonical(old) == canonical(new))
    return bool(_plain(old) == _plain(new))


def _plain(value: Any) -> Any:
    """A value without what stands for nothing; a single block and a list of one are the same, and so are numbers and their texts."""
    if isinstance(value, Mapping):
        return _one({key: plain for key, held in value.items() if (plain := _plain(held)) is not None})
    if isinstance(value, list | tuple):
        found = [plain for held in value if (plain := _plain(held)) is not None]
        return _one(found[0] if len(found) == 1 else found)
    if value is LATER:
        return value
    return None if value in (None, "", False, 0) else str(value).lower() if isinstance(value, bool) else str(value)


def _one(held: Any) -> Any:
    return held if held or held is LATER else None


def _replaced(type: str, name: str, old: Any, new: Any) -> bool | None:
    """Whether a change of an argument, or of one within a block, replaces."""
    answers = [replaces(type, path, one, other, major=5) for path, one, other in _leaves(name, old, new)]
    return True if True in answers else None if None in answers else False


def _leaves(path: str, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    before, now = _unwrapped(old), _unwrapped(new)
    if isinstance(before, Mapping) and isinstance(now, Mapping) and path != "tags":
        for name in dict.fromkeys((*before, *now)):
            if _plain(before.get(name)) != _plain(now.get(name)):
                yield from _leaves(f"{path}.{name}", before.get(name), now.get(name))
        return
    yield path, ABSENT if _plain(old) is None else old, ABSENT if _plain(new) is None else new


def _unwrapped(value: Any) -> Any:
    return value[0] if isinstance(value, list | tuple) and len(value) == 1 else value
