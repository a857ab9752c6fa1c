"""What exists: the managed resources of a state, or of the state that a plan starts from, as `terraform show -json` prints them.

The format is described at developer.hashicorp.com/terraform/internals/json-format.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from secureinfra.check.waivers import ScopedWaiver
from secureinfra.errors import ConfigurationError
from secureinfra.facts.import_ids import NOT_IMPORTABLE, import_id
from secureinfra.terraform.model.plan import resources_of

_HOW = "Write it with `terraform show -json > state.json`, or `terraform show -json PLANFILE > plan.json`."
_PROVIDER = re.compile(r"(^|/)aws$")
_ARN = re.compile(r"arn:([a-z-]+):[a-z0-9-]+:([a-z0-9-]*):([0-9]{12})?:.+")


class Unfit(Exception):  # noqa: N818 - an answer, not an error
    """Why no construct can stand for a resource."""


@dataclass(frozen=True, eq=False)
class Existing:
    """A resource that exists.

    Args:
        address: its address in the state that it is in.
        type: its Terraform type.
        values: its attributes.
        sensitive: which of them are sensitive, as the state marks them.
        tainted: whether Terraform would replace it.
    """

    address: str
    type: str
    values: Mapping[str, Any]
    sensitive: Mapping[str, Any] = field(default_factory=dict)
    tainted: bool = False

    def get(self, name: str, default: Any = None) -> Any:
        """An attribute that may be written into a program.

        Raises:
            Unfit: it is sensitive.
        """
        if self.is_sensitive(name):
            raise Unfit(f"its {name} is sensitive, and a program is no place for secrets")
        value = self.values.get(name)
        return default if value is None else value

    def is_sensitive(self, name: str) -> bool:
        """Whether the state marks an attribute, or something in it, as sensitive."""
        return _marked(self.sensitive.get(name))

    @property
    def id(self) -> str:
        """The provider's id."""
        return str(self.values.get("id", ""))

    @property
    def import_id(self) -> str | None:
        """What an import takes; `None` where no import takes the type, or the state does not tell."""
        return None if self.type in NOT_IMPORTABLE else import_id(self.type, self.values)

    @property
    def region(self) -> str | None:
        """Its region, where its attributes tell."""
        said = self.values.get("region")
        found = _ARN.fullmatch(str(self.values.get("arn", "")))
        return str(said) if said else (found[2] or None) if found else None

    @property
    def block(self) -> str:
        """Its address without the keys of instances of the resource itself: the block that it was written as."""
        return re.sub(r"\[[^\[\]]*\]$", "", self.address)


class Estate:
    """All that exists in one state.

    Args:
        resources: what is managed, in the order of the state.
        region: the region to adopt; by default the one that most of the resources are in.
    """

    def __init__(self, resources: Iterable[Existing], region: str | None = None) -> None:
        self.resources = list(resources)
        self.group_rules: list[Existing] = []
        """Rules of security groups that AWS lists; no state manages them as resources."""
        self.waivers: list[ScopedWaiver] = []
        """What may break a control, by address."""
        self._by_type: dict[str, list[Existing]] = {}
        for one in self.resources:
            self._by_type.setdefault(one.type, []).append(one)
        self.region = region or self._usual("region")

    def of(self, *types: str) -> list[Existing]:
        """The resources of some types."""
        return [one for type in types for one in self._by_type.get(type, ())]

    def with_value(self, type: str, name: str, *values: Any) -> list[Existing]:
        """The resources of a type of which an attribute has one of some values."""
        wanted = [value for value in values if value]
        return [one for one in self.of(type) if one.values.get(name) in wanted]

    def one(self, type: str, name: str, *values: Any) -> Existing | None:
        """The first resource of a type of which an attribute has one of some values."""
        return next(iter(self.with_value(type, name, *values)), None)

    @cached_property
    def partition(self) -> str:
        """The partition that the ARNs name."""
        return self._most(1) or "aws"

    @cached_property
    def account(self) -> str | None:
        """The account that the ARNs name, if they name one."""
        return self._most(3)

    def _most(self, group: int) -> str | None:
        found = (_ARN.fullmatch(str(one.values.get("arn", ""))) for one in self.resources)
        counted = Counter(one[group] for one in found if one and one[group])
        return counted.most_common(1)[0][0] if counted else None

    def _usual(self, name: str) -> str | None:
        counted = Counter(value for one in self.resources if (value := getattr(one, name)))
        return counted.most_common(1)[0][0] if counted else None


def read_estate(text: str, where: str, *, region: str | None = None) -> Estate:
    """What exists, out of a state or a plan.

    Args:
        text: what `terraform show -json` printed.
        where: where it comes from, for errors.
        region: the region to adopt; by default the one that most of the resources are in.

    Raises:
        ConfigurationError: it is something else, is of an unknown format, or nothing in it exists.
    """
    read = _read(text, where)
    values = (read.get("prior_state") or {}).get("values") if "planned_values" in read else read.get("values")
    root = values.get("root_module") if isinstance(values, Mapping) else None
    found = [
        Existing(
            str(one["address"]),
            str(one["type"]),
            one.get("values") or {},
            one.get("sensitive_values") or {},
            tainted=bool(one.get("tainted")),
        )
        for one in resources_of(root if isinstance(root, Mapping) else {})
        if one.get("mode") == "managed" and _PROVIDER.search(str(one.get("provider_name", "aws")))
    ]
    if not found:
        what = "the plan is of what does not exist yet" if "planned_values" in read else "the state is empty"
        raise ConfigurationError(
            f"{where}: has no managed resource of the AWS provider: {what}. Read the state of what exists. {_HOW}"
        )
    estate = Estate(found, region)
    if estate.region is None:
        raise ConfigurationError(f"{where}: no resource tells its region. Add --region, e.g. --region eu-central-1.")
    return estate


def _read(text: str, where: str) -> Mapping[str, Any]:
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, dict) or "format_version" not in read:
        raw = isinstance(read, dict) and "serial" in read
        what = "the file in which Terraform keeps a state" if raw else "not what `terraform show -json` prints"
        raise ConfigurationError(f"{where}: is {what}: other forms differ between versions of Terraform. {_HOW}")
    version = str(read["format_version"])
    if not re.fullmatch(r"1(\.[0-9]+)?", version):
        raise ConfigurationError(
            f"{where}: is of format {version!r}, which this version does not know: it reads 1.x, of Terraform 1.1 and newer. {_HOW}"
        )
    return read


def _marked(sensitive: Any) -> bool:
    if isinstance(sensitive, Mapping):
        return any(map(_marked, sensitive.values()))
    return any(map(_marked, sensitive)) if isinstance(sensitive, list) else bool(sensitive)
