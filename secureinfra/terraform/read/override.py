"""Override files: blocks that change blocks of other files, argument by argument, as Terraform merges them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from secureinfra.errors import ConfigurationError
from secureinfra.terraform.read.labels import LABELS
from secureinfra.terraform.read.source import Document

Address = tuple[str, ...]


def merged(documents: Sequence[Document], overrides: Iterable[Document]) -> tuple[Document, ...]:
    """The documents with what the override files say in place of what they said themselves.

    Raises:
        ConfigurationError: an address is there twice, or an override has nothing to override.
    """
    owners = _owners(documents)
    bodies: dict[int, dict[str, Any]] = {}
    more: list[Document] = []
    for override in overrides:
        left: dict[str, Any] = {}
        for address, block in addresses(override.body):
            index = owners.get(address)
            if index is not None:
                body = bodies.setdefault(index, dict(documents[index].body))
                _change(body, address, block)
            elif address[0] in ("provider", "terraform"):
                # Terraform takes these as if an empty one had been written elsewhere.
                _put(left, address, block)
            else:
                raise ConfigurationError(
                    f"{_where(override, address)}: overrides {'.'.join(address)}, which no other file has. "
                    "Write it in a file that is not an override file."
                )
        if left:
            more.append(replace(override, body=left))
    changed = [replace(one, body=bodies[index]) if index in bodies else one for index, one in enumerate(documents)]
    return (*changed, *more)


def addresses(body: Mapping[str, Any]) -> Iterator[tuple[Address, Any]]:
    """The blocks of a document that other files may override, and each local value."""
    for kind, held in body.items():
        if kind == "terraform":
            yield (kind,), held
        elif kind == "locals" or LABELS.get(kind) == 1:
            yield from (((kind, name), block) for name, block in held.items() if name != "//")
        elif LABELS.get(kind) == 2:
            yield from (((kind, type, name), block) for type, named in held.items() for name, block in named.items())


def _owners(documents: Sequence[Document]) -> dict[Address, int]:
    owners: dict[Address, int] = {}
    for index, one in enumerate(documents):
        for address, _ in addresses(one.body):
            if owners.setdefault(address, index) != index and address[0] not in ("provider", "terraform"):
                first = documents[owners[address]]
                raise ConfigurationError(
                    f"{_where(one, address)}: {'.'.join(address)} is in {_where(first, address)} too. "
                    "Keep one of them, or give one another name."
                )
    return owners


def _where(document: Document, address: Address) -> str:
    line = document.line_of(*address)
    return f"{document.file}:{line}" if line else document.file


def _put(body: dict[str, Any], address: Address, block: Any) -> None:
    for name in address[:-1]:
        body = body.setdefault(name, {})
    body[address[-1]] = block


def _change(body: dict[str, Any], address: Address, block: Any) -> None:
    # The documents are shared with whoever read them: copied down to the block that changes.
    for name in address[:-1]:
        body[name] = dict(body[name])
        body = body[name]
    last, held = address[-1], body[address[-1]]
    if address[0] == "provider":
        body[last] = _providers(held, block)
    elif address[0] == "locals" or not (isinstance(held, dict) and isinstance(block, dict)):
        body[last] = block
    else:
        body[last] = _block(held, block, deep=("required_providers",) if address[0] == "terraform" else ("lifecycle",))


def _providers(held: Sequence[Any], changes: Sequence[Any]) -> list[Any]:
    """The blocks of one provider: those of the same alias belong together."""
    blocks = {block.get("alias"): block for block in held}
    for change in changes:
        blocks[change.get("alias")] = _block(blocks.get(change.get("alias"), {}), change)
    return list(blocks.values())


def _block(held: Mapping[str, Any], change: Mapping[str, Any], deep: Sequence[str] = ()) -> dict[str, Any]:
    """The block with the arguments of the other; of nested blocks, all of one type give way to those of the other."""
    block = dict(held)
    dynamic = _sole(block.pop("dynamic", None))
    for name in {*change, *_sole(change.get("dynamic"))}:
        dynamic.pop(name, None)
        if name not in change:
            block.pop(name, None)
    for name, value in change.items():
        if name == "dynamic":
            dynamic.update(_sole(value))
        elif name in deep and name in block:
            block[name] = {**_sole(block[name]), **_sole(value)}
        elif name != "//" or name not in block:
            block[name] = value
    return {**block, "dynamic": dynamic} if dynamic else block


def _sole(value: Any) -> dict[str, Any]:
    """One object of what may be one, a list of such, or nothing."""
    joined: dict[str, Any] = {}
    for part in value if isinstance(value, list) else [value]:
        joined.update(part if isinstance(part, Mapping) else {})
    return joined
