"""Which resources a backup plan selects, by their ARNs and tags."""

from __future__ import annotations

import fnmatch
import weakref
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from secureinfra.controls.verdict import Failure
from secureinfra.terraform.unknown import Unknown, UnknownValueError, any_of, is_reference_to_resource, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node
    from secureinfra.terraform.model.configuration import Configuration

_SELECTION = "aws_backup_selection"
# Of an ARN: the service, what precedes the name, and the argument that holds the name.
_ARNS = {
    "aws_db_instance": ("rds", "db:", "identifier"),
    "aws_rds_cluster": ("rds", "cluster:", "cluster_identifier"),
    "aws_dynamodb_table": ("dynamodb", "table/", "name"),
    # AWS chooses the id, so that only a reference or a pattern for all of them includes one.
    "aws_efs_file_system": ("elasticfilesystem", "file-system/", "id"),
}
_TAG = "aws:ResourceTag/"
_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "string_equals": lambda held, wanted: bool(held == wanted),
    "string_not_equals": lambda held, wanted: bool(held != wanted),
    "string_like": lambda held, wanted: held is not None and fnmatch.fnmatchcase(held, wanted),
    "string_not_like": lambda held, wanted: held is None or not fnmatch.fnmatchcase(held, wanted),
}


def not_selected(block: Block, configuration: Configuration) -> Iterator[Failure]:
    """The failure of a database or table that no backup plan in the configuration selects.

    Raises:
        UnknownValueError: no plan certainly does, and one may.
    """
    selections = configuration.of_type(_SELECTION)
    if not any_of(selections, lambda one: _selects(one, block, configuration) and one.surely(block)):
        found = f"{len(selections)} in the configuration" if selections else "none in the configuration"
        yield Failure(f"no aws_backup_selection includes it ({found})", "an aws_backup_selection with its ARN or tag")


def _selects(selection: Block, block: Block, configuration: Configuration) -> bool:
    """Whether a selection includes a resource: docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupSelection.html."""
    if _is_named(selection, "not_resources", block, configuration):
        return False
    if not all(_meets(node, block, configuration) for node in selection.blocks("condition")):
        return False
    tags = selection.blocks("selection_tag")
    everything = not tags and not selection.has("resources")
    return (
        everything
        or _is_named(selection, "resources", block, configuration, wildcard=not tags)
        or any_of(tags, lambda tag: _has_tag(tag, block, configuration))
    )


def _is_named(
    selection: Block, path: str, block: Block, configuration: Configuration, *, wildcard: bool = True
) -> bool:
    """Whether a list of ARNs and patterns includes a resource; `*` counts only if tags do not narrow the selection."""
    addresses, others = _listed(selection, path, configuration)

    def matches(item: Any) -> bool:
        text = _text_of(item)
        return (wildcard or text != "*") and _matches(text, block)

    return block.address in addresses or any_of(others, matches)


_LISTED: weakref.WeakKeyDictionary[Configuration, dict[tuple[str, str], tuple[set[str], list[Any]]]] = (
    weakref.WeakKeyDictionary()
)


def _listed(selection: Block, path: str, configuration: Configuration) -> tuple[set[str], list[Any]]:
    """The addresses that a list refers to, and the items that do not refer to a database or table."""
    known = _LISTED.setdefault(configuration, {})
    if (key := (selection.address, path)) not in known:
        addresses = {target.address for target in configuration.targets(selection, path)}
        value = selection.get(path)
        items = [value] if is_unknown(value) else value or ()
        known[key] = addresses, [item for item in items if not _leads_to_selectable(item, configuration)]
    return known[key]


def _leads_to_selectable(item: Any, configuration: Configuration) -> bool:
    """Whether an item is the ARN of a database or table, or contains its name in an ARN, and is not a larger list."""
    if not is_unknown(item) or not (item.reference or item.text.startswith("arn:")):
        return False
    found = (configuration.target(reference) for reference in item.references)
    return any(block is not None and block.section == "resource" and block.type in _ARNS for block in found)


def _text_of(item: Any) -> str:
    """The written text, with references in it, e.g. to the account, which every resource of the configuration shares."""
    if not is_unknown(item):
        return str(item)
    if not item.text.startswith("arn:") and not is_reference_to_resource(item):
        raise UnknownValueError(item)
    return str(item.text)


def _matches(text: str, block: Block) -> bool:
    if text == "*":
        return True
    service, before, argument = _ARNS[block.type]
    parts = text.split(":", 5)
    if len(parts) < 6 or not fnmatch.fnmatchcase(service, parts[2]):
        return False
    name = block.get(argument)
    own = f"{before}{name.text if is_unknown(name) else name or ''}"
    if own == parts[5] or fnmatch.fnmatchcase(own, parts[5]):
        return True
    if parts[5].startswith(before) and "${" in parts[5]:
        raise UnknownValueError(Unknown(text))
    return False


def _has_tag(tag: Node, block: Block, configuration: Configuration) -> bool:
    return bool(tag.is_there and _tag_of(block, tag.get("key"), configuration) == tag.get("value"))


def _meets(condition: Node, block: Block, configuration: Configuration) -> bool:
    """Whether the tags of a resource meet every line of a condition."""
    lines = [(name, line) for name in _OPERATORS for line in condition.blocks(name)]
    return condition.is_there and all(
        _OPERATORS[name](
            _tag_of(block, str(line.get("key", "")).removeprefix(_TAG), configuration), line.get("value", "")
        )
        for name, line in lines
    )


def _tag_of(block: Block, key: Any, configuration: Configuration) -> Any:
    """The value of a tag, which the provider's default_tags may set; `None` if there is none."""
    if is_unknown(key):
        raise UnknownValueError(key)
    for tags in (block.get("tags"), block.get("tags_all"), _default_tags(block, configuration)):
        if is_unknown(tags):
            raise UnknownValueError(tags)
        if isinstance(tags, Mapping) and key in tags:
            return tags[key]
    return None


def _default_tags(block: Block, configuration: Configuration) -> Any:
    name, _, alias = str(block.raw.get("provider", "aws")).partition(".")
    for provider in configuration.providers.get(name, ()):
        if provider.get("alias", "") == alias:
            return provider.get("default_tags.tags")
    return None
