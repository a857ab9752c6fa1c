"""The base of every construct: it holds its resources, which the stack's output element passes to the engine."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast

from constructs import Construct, IConstruct

from secureinfra.config.config import Config, Precondition, refused
from secureinfra.config.problem import breaks, error_of
from secureinfra.config.waiver import Waiver
from secureinfra.controls import Control
from secureinfra.engine.arguments import ConstructorSignature, check_call
from secureinfra.engine.handover import address_before, imports_of, still_writes
from secureinfra.engine.moving import locations_of
from secureinfra.engine.naming import terraform_name
from secureinfra.engine.other_region import OtherRegion, place_of
from secureinfra.engine.output import enlist, enlist_stack
from secureinfra.engine.provider_major import provider_major_of
from secureinfra.engine.resource import Block, Resource
from secureinfra.engine.stack import StackState, stack_of, state_of
from secureinfra.engine.text import expression_of
from secureinfra.errors import ConfigError
from secureinfra.suggest import did_you_mean

if TYPE_CHECKING:
    from jsii._runtime import JSIIMeta as _EngineMeta
else:
    _EngineMeta = type(Construct)

_ID = re.compile(r"[A-Za-z0-9_-]+")


class _Called(_EngineMeta):
    """Checks the arguments of a construct against its constructor before it runs."""

    if not TYPE_CHECKING:

        def __call__(cls, *args: Any, **keywords: Any) -> Any:  # noqa: N805 - of a metaclass
            given = check_call(cls, args, keywords)
            _refuse_other_apps(given)
            construct = super().__call__(*args, **keywords)
            construct.neighbors = [(name, one) for name, one in given.items() if isinstance(one, SecureConstruct)]
            return construct


class _Resources(dict[str, Block]):
    """Blocks by their role; an unknown role raises an error that lists the known ones."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path

    def __missing__(self, name: str) -> Block:
        hint = did_you_mean(name, self, f"There are: {', '.join(self)}.")
        raise ConfigError(f"{self._path}: has no resource {name!r}. {hint}")


class SecureConstruct(Construct, metaclass=_Called):
    """Resources that belong together, under one id, from one configuration.

    It is an ordinary construct in the tree: a scope for other constructs, visited by aspects, emitted by `synth()`
    and `to_terraform()`. Its resources are in `resources`, by role.

    Args:
        scope: a `TerraformStack` or any construct within one.
        id: unique within the scope; letters, digits, `-` and `_`. It is part of every address, so it
            must not change.
        config: the caller's settings.
        provider: the provider to use when it is not the stack's default one: an `AwsProvider` with an alias, an
            address such as `aws.us_east_1`, or, for provider 6, `AwsProvider.in_region`. Constructs inside this one use it too.
        moved_from: the path below the stack that it had, e.g. `"old/path"`, or `"./old"` below its scope; `"a -> b"` if it moved
            twice; `"stack:old/path"` from another stack. Everything within it moves along, by `moved` blocks, and keeps the
            names that come from the first path: leave the argument there for good.

    Raises:
        ConfigError: the configuration is refused, the id is taken or unusable, or `moved_from` is not a path.
    """

    __signature__ = ConstructorSignature()
    same_region: ClassVar[frozenset[str]] = frozenset(
        "vpc key access_log dead_letter_queue deliver_to log_bucket log_group topic alarms"
        " backup trail certificate web_acl security_group".split()
    )
    """Arguments that take a construct which AWS wants in the region of this one."""
    neighbors: Sequence[tuple[str, SecureConstruct]] = ()

    def __init__(
        self, scope: Construct, id: str, config: Config, *, provider: Any = None, moved_from: str | None = None
    ) -> None:
        stack = stack_of(scope, id)
        self.stack_state: StackState = state_of(stack)
        # The construct that a module is written for adds nothing to paths and addresses: both are the module's.
        whole = scope is stack and id == self.stack_state.module
        around = locations_of(scope, self.stack_state)
        self.locations = around if whole else around.inside(id, moved_from)
        self._parts = self.locations.now.parts
        # What names and descriptions come from, and what messages call it: a move changes neither.
        self.path = self.locations.first.path
        self.node_path = self.locations.now.path
        self.stack_state.neighbors.synthesis.created(self.node_path)
        self._refuse(id, config)
        self.config: Any = config
        self.resources: dict[str, Block] = _Resources(self.path)
        self._let_go: list[tuple[str, tuple[str, ...]]] = []
        self._let_go_shared: list[str] = []
        self.provider_alias: str | None
        self.other_region: str | None
        self.provider_alias, self.other_region = place_of(provider, scope)
        try:
            super().__init__(scope, id)
        except RuntimeError as error:
            if "already a Construct" not in str(error):
                raise
            raise ConfigError(f"{self.path}: its scope has a construct {id!r} already: choose another id.") from None
        enlist(self, stack)
        if self.locations.elsewhere:
            self.stack_state.arrived.append(self)
            if (there := still_writes(self)) is not None:
                enlist_stack(there)

    def _refuse(self, id: str, config: Config) -> None:
        if not _ID.fullmatch(id):
            raise ConfigError(
                f"{self.path}: id {id!r} may hold letters, digits, '-' and '_' only: it becomes an address."
            )
        if refused(config):
            config.require(self.path)
        expected = self._config_type()
        if expected is not None and not isinstance(config, expected):
            raise ConfigError(
                f"{self.path}: {type(self).__name__} takes a {expected.__name__}, not {type(config).__name__}: "
                f"write {type(self).__name__}(scope, id, {expected.__name__}(...))."
            )

    @classmethod
    def _config_type(cls) -> type[Config] | None:
        """The configuration class, from the constructor's annotation, resolved in the class's own module."""
        annotation = cls.__init__.__annotations__.get("config")
        if isinstance(annotation, str):
            annotation = vars(sys.modules[cls.__init__.__module__]).get(annotation.split("|")[0].strip())
        return annotation if isinstance(annotation, type) and issubclass(annotation, Config) else None

    @classmethod
    def shared_in(cls, scope: IConstruct, id: str) -> Self:
        """The instance that all constructs of a stack and provider share, created on first use.

        Args:
            scope: a construct that uses it.
            id: what it is called; a provider's alias follows.
        """
        stack = stack_of(scope, id)
        id = cls.id_in(scope, id)
        shared, make = state_of(stack).shared, cast(Any, cls)
        if id not in shared:
            shared[id] = make(stack, id, provider=getattr(scope, "used_provider", None))
        return cast(Self, shared[id])

    @staticmethod
    def id_in(scope: IConstruct, id: str) -> str:
        """The id of what the constructs of one provider and region share."""
        alias: str | None = getattr(scope, "provider_alias", None)
        region: str | None = getattr(scope, "other_region", None)
        # The same words as those of an aliased provider for the region: the address stays if one takes the other's place.
        words = [*(alias.split(".")[-1:] if alias else ()), *([region.replace("-", "_")] if region else ())]
        return "-".join((id, "_".join(words))) if words else id

    @property
    def used_provider(self) -> OtherRegion | str | None:
        """What another construct takes as `provider=` to be in the same account and region; `None` for the stack's provider."""
        if self.other_region:
            return OtherRegion(self.provider_alias or "aws", self.other_region)
        return self.provider_alias

    def take_name(self, id: str) -> str:
        """Reserve the Terraform name of a resource; a role that repeats its construct's id is written once."""
        return self.stack_state.names.take(self.locations.now.ids(id))

    def require(self, control: Control, waiver: Waiver | None, broken: str) -> Waiver:
        """The waiver that permits breaking a control.

        Raises:
            ControlError: there is none, or it is for another control.
            ConfigError: the waiver lacks a reason, an owner or a date, or has run out.
        """
        if waiver is None or waiver.control != control.id:
            raise error_of(self.path, [breaks(broken, control)])
        if problem := waiver.refusal():
            raise error_of(self.path, [problem])
        return waiver

    @property
    def account_id(self) -> str:
        """Reference to the account that Terraform runs in."""
        return self._ambient("aws_caller_identity", "account_id")

    @property
    def region(self) -> str:
        """The region this construct is in: as given, or a reference to that of its provider."""
        if self.other_region:
            return self.other_region
        # Provider 5 knows `id` and `name` only, and 6 deprecates both for `region`.
        return self._ambient("aws_region", "region" if provider_major_of(self) == 6 else "id")

    @property
    def partition(self) -> str:
        """Reference to the partition: `aws`, `aws-us-gov`, `aws-cn` or `aws-eusc`."""
        return self._ambient("aws_partition", "partition")

    @property
    def dns_suffix(self) -> str:
        """Reference to the end of the partition's host names: `amazonaws.com`, `amazonaws.com.cn` in China, `amazonaws.eu` in the
        European Sovereign Cloud."""
        return self._ambient("aws_partition", "dns_suffix")

    def _ambient(self, type: str, attribute: str) -> str:
        suffix = f"_{self.provider_alias.split('.')[-1]}" if self.provider_alias else ""
        block = {"provider": self.provider_alias} if self.provider_alias else {}
        # Every construct that uses it writes the same block; the engine merges them into one.
        self._ambients.setdefault(type, {})[f"current{suffix}"] = block
        self.stack_state.addresses.add(f"data.{type}.current{suffix}")
        return f"${{data.{type}.current{suffix}.{attribute}}}"

    @property
    def _ambients(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = self.__dict__.setdefault("_ambient_data", {})
        return found

    def let_go(self, type: str, *path: str, given: object = None, shared: bool = False) -> None:
        """Have Terraform forget a resource that other settings make, and not destroy it, since it holds what is needed.

        In a sandbox it is destroyed. Where the state has no such resource, nothing happens
        (developer.hashicorp.com/terraform/language/block/removed).

        Args:
            type: its Terraform type.
            path: the ids of the parts that it belongs to, and its own, as its address has them.
            given: what takes its place. Where that belongs to the construct around this one, nothing is forgotten: that
                construct decides, and never left this one without.
            shared: whether it belongs to what the constructs of the stack share, so that the path starts there.
        """
        scopes = given.node.scopes[:-1] if isinstance(given, SecureConstruct) else []
        around = [one for one in scopes if isinstance(one, SecureConstruct)]
        if not any(one in around for one in self.node.scopes):
            if shared:
                self._let_go_shared.append(f"{type}.{terraform_name(path)}")
            else:
                self._let_go.append((type, path))

    def let_gone(self, stack: str) -> list[str]:
        """The addresses of what other settings make, and this one lets go, in a stack that the construct was in."""
        return [address for type, path in self._let_go for address in self.locations.former(type, path, stack)]

    def moves(self) -> list[tuple[str, str]]:
        """Old and new address of each resource, in the order of the moves."""
        blocks = (one for one in self.resources.values() if isinstance(one, Resource) and one.included())
        return [
            step
            for one in blocks
            for step in self.locations.moves(one.type, one.id, one.moved_from or address_before(one, self))
        ]

    def document(self) -> dict[str, Any]:
        """All resources of this construct as Terraform JSON, as they stand now."""
        document: dict[str, Any] = {}
        main = True
        for block in self.resources.values():
            if not block.included():
                continue
            rendered = block.render()
            if isinstance(block, Resource):
                conditions = [*(self.config.conditions() if main else ()), *block.conditions]
                self._demand(conditions, rendered, document)
                if main and self.config.waivers:
                    rendered["//"]["waivers"] = self._waivers_of(rendered)
                main = False
            document.setdefault(block.section, {}).setdefault(block.type, {})[block.name] = rendered
        if moved := [{"from": source, "to": target} for source, target in self.moves()]:
            document["moved"] = moved
        if imported := [{"to": address, "id": id} for address, id in imports_of(self)]:
            document["import"] = imported
        if self.stack_state.protects:
            # An address that another construct has is not to be forgotten: Terraform refuses a block for it.
            state = self.stack_state
            gone = [one for one in (*self.let_gone(state.path), *self._let_go_shared) if one not in state.addresses]
            # Terraform takes one block for an address.
            gone = [one for one in gone if state.forgotten.setdefault(one, self) is self]
            document |= {"removed": [{"from": one, "lifecycle": {"destroy": False}} for one in gone]} if gone else {}
        if main:
            self._speak_beside_a_part(document)
        for type, blocks in self._ambients.items():
            document.setdefault("data", {}).setdefault(type, {}).update(blocks)
        return document

    def _speak_beside_a_part(self, document: dict[str, Any]) -> None:
        """Attach preconditions and waivers to the first resource of a part, for a construct without resources of its own."""
        conditions = list(self.config.conditions())
        if not (conditions or self.config.waivers):
            return
        parts = (one for one in self.stack_state.constructs if one.node_path.startswith(f"{self.node_path}/"))
        blocks = (block for part in parts for block in part.resources.values())
        block = next((block for block in blocks if isinstance(block, Resource) and block.included()), None)
        if block is None:
            return
        # Documents are merged: this adds to what the part writes.
        beside: dict[str, Any] = {}
        self._demand(conditions, beside, document)
        if self.config.waivers:
            beside["//"] = {"waivers": self._waivers_of({"//": {}})}
        if beside:
            document.setdefault("resource", {}).setdefault(block.type, {})[block.name] = beside

    def _waivers_of(self, main: dict[str, Any]) -> list[dict[str, str]]:
        """The configuration's waivers, written on the main resource next to its own; they apply to the whole construct."""
        own: list[dict[str, str]] = main["//"].get("waivers", [])
        return [waiver.to_json(self.node_path) for waiver in self.config.waivers] + own

    def _demand(self, conditions: list[Precondition], rendered: dict[str, Any], document: dict[str, Any]) -> None:
        """Write the preconditions that Terraform must check on a resource."""
        checked = [self._precondition(condition, document) for condition in conditions]
        if checked:
            rendered.setdefault("lifecycle", {}).setdefault("precondition", [])[:0] = checked

    def _precondition(self, condition: Precondition, document: dict[str, Any]) -> dict[str, str]:
        value = condition.value
        if isinstance(value, str) and "TfToken[" not in value:
            expression = expression_of(value)
        else:
            # The engine miscounts braces when its placeholder is inside an expression, so a local holds it.
            values = document.setdefault("locals", {})
            name = terraform_name((*self._parts, condition.field))
            name = next(
                candidate
                for candidate in (name, *(f"{name}_{number}" for number in range(2, 1000)))
                if values.get(candidate, value) == value
            )
            values[name] = value
            expression = f"local.{name}"
        message = f"{self.path}: {condition.text.rstrip('.')}."
        self.stack_state.conditions[message] = condition
        return {"condition": "${" + condition.expression.replace("{value}", expression) + "}", "error_message": message}

    def add_override(self, path: str, value: Any) -> None:
        """Refused: an override names a resource.

        Raises:
            ConfigError: always.
        """
        raise ConfigError(
            f"{self.path}: add_override works on each resource: write "
            f"construct.resources[name].add_override({path!r}, ...) with one of {', '.join(self.resources)}."
        )


def _refuse_other_apps(given: Mapping[str, Any]) -> None:
    """Refuse constructs of another app as arguments: their values would not resolve in this one."""
    scope = given.get("scope")
    home = scope.stack_state if isinstance(scope, SecureConstruct) else None
    for name, one in given.items():
        if name == "scope" or not isinstance(one, SecureConstruct):
            continue
        if home is None:
            home = state_of(stack_of(cast(IConstruct, scope), str(given.get("id"))))
        if one.stack_state.neighbors is not home.neighbors:
            raise ConfigError(
                f"{home.path}/{given.get('id')}: {name}={one.path!r} belongs to another App, whose state this one does not read. "
                "Create both in one App, or pass the value itself, e.g. an id or ARN."
            )
