"""What is said of constructs that move into another stack: the ids to import them by, and what leaves a state."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from secureinfra.engine._cdk import TerraformStack
from secureinfra.engine.handover import WRITE_IDS
from secureinfra.engine.naming import terraform_name
from secureinfra.engine.output import enlist_stack
from secureinfra.engine.stack import state_of
from secureinfra.errors import ConfigError
from secureinfra.terraform.model.block import INSTANCE_KEY

Ids = Mapping[str, str | None]


def import_from(stack: TerraformStack, source: str, ids: Ids | str | Path | None) -> None:
    """Import what moved into this stack from another one (`moved_from="source:path"`), instead of creating it again.

    `secureinfra imports` lists the ids of the other stack's state, which must be there until both stacks are applied. Afterwards
    the blocks do nothing, and `None` leaves them out.

    With the stack's own path as the source, the ids are for its own addresses, and name what exists outside of all stacks;
    resources without one are created. `secureinfra adopt` writes them.

    Args:
        stack: the stack that the constructs are in now.
        source: the path of the stack that they were in, or that of `stack`.
        ids: import id by address there, or the JSON file with them; `None` for an id creates that resource. `None` instead of
            all: everything was imported.

    Raises:
        ConfigError: the file cannot be read, or holds something else.

    Example:
        `import_from(data, "shop", "shop.json")`
    """
    state = state_of(stack)
    state.imports[source] = None if ids is None else _ids(ids, f"{state.path}: import_from({source!r})")


def move_from(stack: TerraformStack, addresses: Mapping[str, str] | str | Path) -> None:
    """Keep what the stack's own state has under addresses of another configuration: a `moved` block is written for each resource.

    `secureinfra adopt --same-state` writes them. The blocks stay for as long as a state has the old addresses.

    Args:
        stack: the stack, whose backend has that state.
        addresses: address in the state by address in this stack, or the JSON file with them.

    Raises:
        ConfigError: the file cannot be read, or holds something else.

    Example:
        `move_from(shop, {"aws_s3_bucket.uploads_bucket": "module.uploads.aws_s3_bucket.this[0]"})`
    """
    state = state_of(stack)
    where = f"{state.path}: move_from"
    state.moves = {address: old for address, old in _ids(addresses, where).items() if old}


def let_go(stack: TerraformStack, path: str, ids: Ids | str | Path) -> None:
    """Have Terraform forget a construct that another program's stack takes over, and destroy nothing.

    A stack of the same `App` does not need it: there, `moved_from` says what goes.

    Args:
        stack: the stack that the construct was in.
        path: its path there, below the stack.
        ids: what `secureinfra imports` lists for this stack, as for `import_from`.

    Raises:
        ConfigError: the file cannot be read or holds something else, or nothing in it is of that path.

    Example:
        `let_go(shop, "uploads", "shop.json")`
    """
    state = state_of(stack)
    where = f"{state.path}: let_go({path!r})"
    name = terraform_name(tuple(path.split("/")))
    # A `removed` block takes a resource with all its instances.
    addresses = dict.fromkeys(INSTANCE_KEY.sub("", one) for one in _ids(ids, where))
    found = [one for one in addresses if _is_below(one, name)]
    if not found:
        raise ConfigError(
            f"{where}: nothing in the ids is of that path. Write its path below the stack, e.g. 'uploads'."
        )
    enlist_stack(stack)
    state.let_go += found


def _is_below(address: str, name: str) -> bool:
    own = address.rpartition(".")[2]
    return address.count(".") == 1 and (own == name or own.startswith(f"{name}_"))


def _ids(given: Ids | str | Path, where: str) -> dict[str, str | None]:
    held: Any = given
    if isinstance(given, str | Path):
        try:
            held = json.loads(Path(given).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "it is not JSON"
            raise ConfigError(f"{where}: {str(given)!r} cannot be read: {why}. {WRITE_IDS}") from None
    if not isinstance(held, Mapping) or not all(isinstance(one, str | None) for one in (*held, *held.values())):
        raise ConfigError(
            f"{where}: ids are text by address, e.g. {{'aws_s3_bucket.uploads_bucket': 'acme-uploads'}}. {WRITE_IDS}"
        )
    return dict(held)
