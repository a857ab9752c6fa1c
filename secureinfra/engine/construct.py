"""The base of every construct: it holds its resources, which the stack's one output element hands to the engine."""

from __future__ import annotations

import json
import re
import sys
from typing import Any

from constructs import Construct, IConstruct

from secureinfra.config import Condition, Config, refusal, refused
from secureinfra.controls import Control
from secureinfra.engine.naming import terraform_name
from secureinfra.engine.output import enlist
from secureinfra.engine.resource import Block, Resource
from secureinfra.engine.stack import StackState, stack_of, state_of
from secureinfra.errors import ConfigError, ControlError
from secureinfra.waiver import Waiver

_ID = re.compile(r"[A-Za-z0-9_-]+")


class SecureConstruct(Construct):
    """Resources that belong together, under one id, from one configuration.

    It is a construct of the tree like any other: a scope for further ones, visited by aspects, emitted by `synth()`
    and `to_terraform()`. Its resources are in `resources`, by role.

    Args:
        scope: a `TerraformStack` or any construct within one.
        id: unique within the scope; letters, digits, `-` and `_`. It is part of every address, hence contract.
        config: what the caller chose.
        provider: the provider to use when it is not the stack's default one: an `AwsProvider` with an alias, or
            an address such as `aws.us_east_1`. Constructs within this one use it too.

    Raises:
        ConfigError: the configuration is refused, or the id is taken or unusable.
    """

    def __init__(self, scope: Construct, id: str, config: Config, *, provider: Any = None) -> None:
        stack = stack_of(scope, id)
        self.stack_state: StackState = state_of(stack)
        # The construct that a module is written for lends its content neither path nor address: both are the module's.
        whole = scope is stack and id == self.stack_state.module
        self._parts = () if whole else (*_parts_of(scope, self.stack_state), id)
        self.path = "/".join((self.stack_state.path, *self._parts))
        self._refuse(id, config)
        self.config: Any = config
        self.resources: dict[str, Block] = {}
        self.provider_alias: str | None = _alias(provider) or getattr(scope, "provider_alias", None)
        try:
            super().__init__(scope, id)
        except RuntimeError as error:
            if "already a Construct" not in str(error):
                raise
            raise ConfigError(f"{self.path}: its scope has a construct {id!r} already: choose another id.") from None
        enlist(self, stack)

    def _refuse(self, id: str, config: Config) -> None:
        if not _ID.fullmatch(id):
            raise ConfigError(
                f"{self.path}: id {id!r} may hold letters, digits, '-' and '_' only: it becomes an address."
            )
        if refused(config):
            raise config._secureinfra_error(self.path)
        expected = self._config_type()
        if expected is not None and not isinstance(config, expected):
            raise ConfigError(
                f"{self.path}: {type(self).__name__} takes a {expected.__name__}, not {type(config).__name__}: "
                f"write {type(self).__name__}(scope, id, {expected.__name__}(...))."
            )

    @classmethod
    def _config_type(cls) -> type[Config] | None:
        """The configuration it takes, read off the constructor's annotation by name of the class's module."""
        annotation = cls.__init__.__annotations__.get("config")
        if isinstance(annotation, str):
            annotation = vars(sys.modules[cls.__init__.__module__]).get(annotation.split("|")[0].strip())
        return annotation if isinstance(annotation, type) and issubclass(annotation, Config) else None

    def take_name(self, id: str) -> str:
        """Reserve the Terraform name of a resource; a role that repeats its construct's id is written once."""
        parts = self._parts if self._parts[-1:] == (id,) else (*self._parts, id)
        return self.stack_state.names.take(parts)

    def require(self, control: Control, waiver: Waiver | None, broken: str) -> Waiver:
        """The waiver that permits breaking a control.

        Raises:
            ControlError: there is none, or it is for another control.
            ConfigError: the waiver lacks a reason, an owner or a date, or has run out.
        """
        if waiver is None or waiver.control != control.id:
            raise ControlError(f"{self.path}: {refusal(f'{broken} breaks control {control.id}', control)}")
        if problem := waiver.problem():
            raise ConfigError(f"{self.path}: {problem}")
        return waiver

    @property
    def account_id(self) -> str:
        """Reference to the account that Terraform runs in."""
        return self._ambient("aws_caller_identity", "account_id")

    @property
    def region(self) -> str:
        """Reference to the region of this construct's provider."""
        # `id` holds the region in both majors of the provider; `name` is deprecated in 6.
        return self._ambient("aws_region", "id")

    @property
    def partition(self) -> str:
        """Reference to the partition: `aws`, `aws-us-gov` or `aws-cn`."""
        return self._ambient("aws_partition", "partition")

    @property
    def dns_suffix(self) -> str:
        """Reference to the end of the partition's host names: `amazonaws.com`, or `amazonaws.com.cn` in China."""
        return self._ambient("aws_partition", "dns_suffix")

    def _ambient(self, type: str, attribute: str) -> str:
        suffix = f"_{self.provider_alias.split('.')[-1]}" if self.provider_alias else ""
        block = {"provider": self.provider_alias} if self.provider_alias else {}
        # Every construct that asks writes the same block; the engine merges them into one.
        self._ambients.setdefault(type, {})[f"current{suffix}"] = block
        self.stack_state.addresses.add(f"data.{type}.current{suffix}")
        return f"${{data.{type}.current{suffix}.{attribute}}}"

    @property
    def _ambients(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = self.__dict__.setdefault("_ambient_data", {})
        return found

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
                if block.moved_from:
                    document.setdefault("moved", []).append({"from": block.moved_from, "to": block.address})
            document.setdefault(block.section, {}).setdefault(block.type, {})[block.name] = rendered
        if main:
            self._speak_beside_a_part(document)
        for type, blocks in self._ambients.items():
            document.setdefault("data", {}).setdefault(type, {}).update(blocks)
        return document

    def _speak_beside_a_part(self, document: dict[str, Any]) -> None:
        """What Terraform must judge, and what waivers excuse, where there is no resource of its own: beside a part's first."""
        conditions = list(self.config.conditions())
        if not (conditions or self.config.waivers):
            return
        parts = (one for one in self.stack_state.constructs if one.path.startswith(f"{self.path}/"))
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
        """The configuration's waivers, written beside the main resource with its own: they speak for the whole construct."""
        own: list[dict[str, str]] = main["//"].get("waivers", [])
        return [waiver.to_json(self.path) for waiver in self.config.waivers] + own

    def _demand(self, conditions: list[Condition], rendered: dict[str, Any], document: dict[str, Any]) -> None:
        """Write what Terraform must judge beside a resource."""
        judged = [self._precondition(condition, document) for condition in conditions]
        if judged:
            rendered.setdefault("lifecycle", {}).setdefault("precondition", [])[:0] = judged

    def _precondition(self, condition: Condition, document: dict[str, Any]) -> dict[str, str]:
        value = condition.value
        if isinstance(value, str) and "TfToken[" not in value:
            expression = _expression(value)
        else:
            # The engine loses count of braces where its placeholder stands within an expression: a local holds it.
            values = document.setdefault("locals", {})
            name = terraform_name((*self._parts, condition.field))
            name = next(
                candidate
                for candidate in (name, *(f"{name}_{number}" for number in range(2, 1000)))
                if values.get(candidate, value) == value
            )
            values[name] = value
            expression = f"local.{name}"
        return {
            "condition": "${" + condition.expression.replace("{value}", expression) + "}",
            "error_message": f"{self.path}: {condition.message.rstrip('.')}.",
        }

    def add_override(self, path: str, value: Any) -> None:
        """Refused: an override names a resource.

        Raises:
            ConfigError: always.
        """
        raise ConfigError(
            f"{self.path}: add_override works on each resource: write "
            f"construct.resources[name].add_override({path!r}, ...) with one of {', '.join(self.resources)}."
        )


def _parts_of(scope: IConstruct, state: StackState) -> tuple[str, ...]:
    if isinstance(scope, SecureConstruct):
        return scope._parts
    parts: tuple[str, ...] | None = scope.__dict__.get("_secureinfra_parts")
    if parts is None:
        below = scope.node.path.removeprefix(state.path).strip("/")
        parts = tuple(below.split("/")) if below else ()
        parts = parts[1:] if parts[:1] == (state.module,) else parts
        scope.__dict__["_secureinfra_parts"] = parts
    return parts


def _expression(template: str) -> str:
    """A template with Terraform's own interpolations as a bare expression."""
    parts = [part for part in re.split(r"(\$\{[^{}]*\})", template) if part]
    terms = [part[2:-1] if part.startswith("${") else json.dumps(part) for part in parts]
    return terms[0] if len(terms) == 1 else f'join("", [{", ".join(terms)}])'


def _alias(provider: Any) -> str | None:
    if provider is None or isinstance(provider, str):
        return provider
    alias = getattr(provider, "address", None) or getattr(provider, "fqn", None)
    if not isinstance(alias, str):
        raise ConfigError(
            f"provider={provider!r} is no provider: give an AwsProvider or an address such as 'aws.us_east_1'."
        )
    return alias if "." in alias or "${" in alias else None
