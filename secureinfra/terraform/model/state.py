"""A state as `terraform show -json` prints it: what it manages, and what another state needs to import that."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from secureinfra.errors import ConfigurationError
from secureinfra.facts.import_ids import NOT_IMPORTABLE, import_id
from secureinfra.terraform.model.plan import resources_of


def import_ids(text: str, where: str) -> tuple[dict[str, str | None], list[str]]:
    """The import id of each resource of a state, by address, and the addresses of those whose id the state does not tell.

    `None` stands for what no import takes: it is made again, which changes nothing.

    Args:
        text: what `terraform show -json` printed.
        where: where it comes from, for errors.

    Raises:
        ConfigurationError: it is something else.
    """
    resources = list(resources_of(_state(text, where).get("root_module") or {}))
    managed = sorted(
        (str(one["address"]), str(one["type"]), one.get("values") or {})
        for one in resources
        if one.get("mode") == "managed"
    )
    ids = {address: import_id(type, values) for address, type, values in managed if type not in NOT_IMPORTABLE}
    known = {address: ids.get(address) for address, _, _ in managed if ids.get(address, "") is not None}
    return known, [address for address, id in ids.items() if id is None]


def _state(text: str, where: str) -> Mapping[str, Any]:
    try:
        state = json.loads(text)
    except ValueError:
        state = None
    if not isinstance(state, dict) or "format_version" not in state or "planned_values" in state:
        raise ConfigurationError(
            f"{where}: is not a state as `terraform show -json` prints it: other forms differ between versions of Terraform. "
            "Write it with `terraform show -json > state.json`, without the name of a plan."
        )
    values = state.get("values") or {}
    return values if isinstance(values, dict) else {}
