"""Which resources would be destroyed or replaced, by what the AWS provider does when an argument changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from secureinfra.compare.arguments import Difference, differences
from secureinfra.compare.change import Change
from secureinfra.compare.pairs import Pairs
from secureinfra.facts.replacement import replaces
from secureinfra.terraform.model.block import Block
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.terraform.model.written import objects_of

# Seen in plans of provider 5.100: a change of these is an update in place, by which the old target keeps its setting.
LEFT_BEHIND: Final = {
    "aws_appsync_api_key": "api_id",
    "aws_kms_key_policy": "key_id",
    "aws_msk_cluster_policy": "cluster_arn",
    "aws_opensearch_domain_policy": "domain_name",
    "aws_ssm_service_setting": "setting_id",
    "aws_vpclattice_auth_policy": "resource_identifier",
}


def resource_changes(pairs: Pairs, new: Configuration) -> tuple[list[Change], dict[str, int]]:
    """What is destroyed or replaced, and how many resources there are by what happens to them.

    Args:
        pairs: the resources of both configurations.
        new: the new configuration.
    """
    changes = [Change("destroyed", True, block, _why_gone(block)) for block in pairs.gone]
    changes += [
        Change("destroyed", False, block, f"how many there are depends on {block.doubts[-1].written}")
        if block.doubts
        else Change("destroyed", False, block, "how many there are now depends on what only Terraform knows")
        for block in pairs.unsure
    ]
    different = {after.address: differences(before, after, pairs.renamed) for before, after in pairs.kept}
    replaced = _replaced(pairs, different, new)
    changes += replaced.values()
    changes += (change for _, after in pairs.kept for change in _left_behind(after, different[after.address]))
    certain = {change.block.address for change in replaced.values() if change.certain}
    changed = sum(bool(found) for address, found in different.items() if address not in certain)
    totals = {
        "added": len(pairs.added),
        "destroyed": len(pairs.gone),
        "replaced": len(certain),
        "changed": changed,
        "moved": len(pairs.renamed),
        "forgotten": len(pairs.forgotten),
        "unchanged": len(pairs.kept) - len(certain) - changed,
    }
    return changes, totals


def _why_gone(block: Block) -> str:
    protected = any(held.get("prevent_destroy") is True for held in objects_of(block.raw.get("lifecycle")))
    # `prevent_destroy` goes with the block: https://developer.hashicorp.com/terraform/language/meta-arguments/prevent_destroy
    more = "; its prevent_destroy goes with it and stops nothing" if protected else ""
    return f"it is no longer in the configuration{more}"


def _replaced(pairs: Pairs, different: Mapping[str, list[Difference]], new: Configuration) -> dict[str, Change]:
    """What is replaced, and what is because an argument of it names a resource that is."""
    found: dict[str, Change] = {}
    for before, after in pairs.kept:
        if change := _by_own_arguments(before, after, different[after.address]):
            found[after.address] = change
    waiting = [after for _, after in pairs.kept if after.address not in found or not found[after.address].certain]
    while waiting:
        certain = {address for address, change in found.items() if change.certain}
        fresh = {after.address: change for after in waiting if (change := _by_another(after, certain, new))}
        if not fresh:
            break
        found |= fresh
        waiting = [after for after in waiting if after.address not in fresh]
    return found


def _by_own_arguments(before: Block, after: Block, different: list[Difference]) -> Change | None:
    open_answer: Change | None = None
    ignored = _ignored(after)
    if "all" in ignored:
        return None
    for one in different:
        if one.path.partition(".")[0] in ignored:
            continue
        answer = replaces(after.type, one.path, one.old, one.new)
        if answer is True and one.certain:
            return Change("replaced", True, after, f"{one.path} {_how(one)}", at=one.path)
        if answer is not False and open_answer is None:
            why = (
                f"{one.path} {_how(one)}" if one.certain else f"{one.path} may change: it depends on what is not known"
            )
            more = "" if answer is True else "; whether that replaces it is decided by the provider"
            open_answer = Change("replaced", False, after, why + more, at=one.path)
    if before.type != after.type:
        return Change("replaced", True, after, f"it was a {before.type}")
    return open_answer


def _by_another(after: Block, replaced: set[str], new: Configuration) -> Change | None:
    """Attributes such as an id are known after the replacement only, so that what holds them counts as changed."""
    for name in after.raw:
        if replaces(after.type, name, "", "x") is not True:
            continue
        for target in new.targets(after, name):
            if target.address in replaced and target is not after:
                return Change("replaced", True, after, f"{name} is of {target.address}, which is replaced", at=name)
    return None


def _left_behind(after: Block, different: list[Difference]) -> Iterator[Change]:
    path = LEFT_BEHIND.get(after.type)
    for one in different:
        if one.path == path:
            why = f"{one.path} {_how(one)} in place: what it named before keeps its setting"
            yield Change("destroyed", False, after, why, at=one.path)


def _ignored(block: Block) -> set[str]:
    held = [
        one for lifecycle in objects_of(block.raw.get("lifecycle")) for one in _list(lifecycle.get("ignore_changes"))
    ]
    return {str(one).removeprefix("${").removesuffix("}").partition("[")[0].partition(".")[0] for one in held}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _how(one: Difference) -> str:
    return "is added" if one.old is None else "is removed" if one.new is None else "changes"
