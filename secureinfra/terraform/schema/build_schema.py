"""Make a compact schema of the AWS provider, as packaged beside this file.

    python build_schema.py terraform SCHEMA.json aws-VERSION.jsonl.gz
    python build_schema.py bindings  .jsii       aws-VERSION.jsonl.gz

The first reads `terraform providers schema -json`, the second the assembly of the provider's prebuilt cdktf bindings,
where no Terraform of that version is at hand. Each line of the result is one type, `[section, type, block]`, so that a
reader need not parse those it is not asked for. The block is
`{"a": {name: [type, flags]}, "b": {name: [nesting, least, most, {"a": ..., "b": ...}]}}`; the flags are r required,
o optional, c computed, d deprecated, s sensitive, w write-only.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from pathlib import Path
from typing import Any

_FLAGS = (
    ("r", "required"),
    ("o", "optional"),
    ("c", "computed"),
    ("d", "deprecated"),
    ("s", "sensitive"),
    ("w", "write_only"),
)
_PRIMITIVES = {"string": "string", "number": "number", "boolean": "bool", "any": "dynamic", "json": "dynamic"}
_LINK = re.compile(r"docs/(resources|data-sources)/([a-z0-9_]+)#([a-z0-9_]+)")
_RESOLVABLE = ("cdktn.IResolvable", "cdktf.IResolvable")


def from_terraform(document: dict[str, Any]) -> dict[str, Any]:
    """The compact form of what `terraform providers schema -json` says."""
    provider = next(iter(document["provider_schemas"].values()))
    compact: dict[str, Any] = {"provider": {"aws": _terraform_block(provider["provider"]["block"])}}
    for source, target in (("resource_schemas", "resource"), ("data_source_schemas", "data")):
        compact[target] = {type: _terraform_block(value["block"]) for type, value in sorted(provider[source].items())}
    return compact


def _terraform_block(block: dict[str, Any]) -> dict[str, Any]:
    attributes: dict[str, Any] = {}
    for name, value in sorted((block.get("attributes") or {}).items()):
        flags = "".join(flag for flag, key in _FLAGS if value.get(key))
        nested = value.get("nested_type")
        kind = {"nested": nested["nesting_mode"], "a": _terraform_block(nested)["a"]} if nested else value["type"]
        attributes[name] = [kind, flags]
    blocks = {
        name: [
            value["nesting_mode"],
            value.get("min_items", 0),
            value.get("max_items", 0),
            _terraform_block(value["block"]),
        ]
        for name, value in sorted((block.get("block_types") or {}).items())
    }
    return {"a": attributes, "b": blocks} if blocks else {"a": attributes}


class Bindings:
    """The types of a jsii assembly, read as a provider's schema."""

    def __init__(self, assembly: dict[str, Any]) -> None:
        self._types: dict[str, Any] = assembly["types"]

    def compact(self) -> dict[str, Any]:
        """The compact form: one entry for each configuration interface that links to a documentation page."""
        found: dict[str, dict[str, Any]] = {"resource": {}, "data": {}}
        for name, declared in self._types.items():
            # The bindings append an A where a nested block has the same name already.
            if not name.endswith(("Config", "ConfigA")) or declared.get("kind") != "interface":
                continue
            link = _LINK.search(json.dumps([member.get("docs", {}) for member in declared.get("properties", [])]))
            # Nested structs carry links too; only the outermost interface takes meta-arguments.
            if link and any(base.endswith("TerraformMetaArguments") for base in declared.get("interfaces", [])):
                kind = "resource" if link.group(1) == "resources" else "data"
                found[kind]["aws_" + link.group(2)] = self._block(name, ())
        return {"provider": {}, **{kind: dict(sorted(types.items())) for kind, types in found.items()}}

    def _block(self, name: str, seen: tuple[str, ...]) -> dict[str, Any]:
        attributes: dict[str, Any] = {}
        blocks: dict[str, Any] = {}
        if name in seen:
            return {"a": {}}
        for member in self._types[name].get("properties", []):
            docs = member.get("docs", {})
            link = _LINK.search(docs.get("summary", "") + " " + docs.get("remarks", ""))
            if not link:
                continue
            kind, nested = self._kind(member["type"])
            least = 0 if member.get("optional") else 1
            if nested:
                inner = self._block(nested[1], (*seen, name))
                blocks[link.group(3)] = [nested[0], least, 1 if nested[0] == "single" else 0, inner]
            else:
                attributes[link.group(3)] = [kind, "r" if least else "o"]
        return {"a": attributes, "b": blocks} if blocks else {"a": attributes}

    def _kind(self, declared: dict[str, Any]) -> tuple[Any, tuple[str, str] | None]:
        """The type of an attribute, or the nesting and interface of a block."""
        if "primitive" in declared:
            return _PRIMITIVES[declared["primitive"]], None
        if "collection" in declared:
            kind = {"array": "list"}.get(declared["collection"]["kind"], declared["collection"]["kind"])
            element, nested = self._kind(declared["collection"]["elementtype"])
            return (None, (kind, nested[1])) if nested else ([kind, element], None)
        if "union" in declared:
            return self._union(declared["union"]["types"])
        name = declared["fqn"]
        return ("dynamic", None) if name in _RESOLVABLE else (None, ("single", name))

    def _union(self, members: list[dict[str, Any]]) -> tuple[Any, tuple[str, str] | None]:
        kinds = [self._kind(member) for member in members if member.get("fqn") not in _RESOLVABLE]
        nested = next((block for _, block in kinds if block), None)
        if nested:
            return None, ("list" if any("collection" in member for member in members) else "single", nested[1])
        return next((kind for kind, _ in kinds if kind), "dynamic"), None


def packed(compact: dict[str, Any]) -> bytes:
    """The compact form as it is packaged; the same bytes for the same schema."""
    lines = [
        json.dumps([section, type, block], separators=(",", ":"), sort_keys=True)
        for section in ("provider", "resource", "data")
        for type, block in sorted(compact[section].items())
    ]
    return gzip.compress("\n".join(lines).encode(), compresslevel=9, mtime=0)


def main(source: str, path: str, target: str) -> None:
    """Read one schema and write its compact form."""
    document = json.loads(Path(path).read_text(encoding="utf-8"))
    compact = from_terraform(document) if source == "terraform" else Bindings(document).compact()
    Path(target).write_bytes(packed(compact))
    sys.stdout.write(f"{target}: {len(compact['resource'])} resources, {len(compact['data'])} data sources\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
