"""One Terraform resource or data source, with Terraform's own type and attribute names.

It is a plain Python object: the construct that owns it hands all its resources to the engine at once, which is
several times cheaper than one engine object each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Protocol, runtime_checkable

from secureinfra.config.config import Precondition
from secureinfra.config.waiver import Waiver
from secureinfra.engine._cdk import DefaultTokenResolver, StringConcat, TerraformStack, Tokenization
from secureinfra.engine.cross_stack import Reference
from secureinfra.engine.other_region import region_argument
from secureinfra.engine.stack import StackState
from secureinfra.engine.text import is_for_people, readable
from secureinfra.errors import ConfigError


@runtime_checkable
class Addressable(Protocol):
    """Any engine object that has an address, prebuilt bindings included."""

    @property
    def fqn(self) -> str:
        """Its address."""
        ...


class Owner(Protocol):
    """What resources need from the construct that they belong to, a `SecureConstruct`."""

    path: str
    node_path: str
    resources: dict[str, Block]
    stack_state: StackState
    provider_alias: str | None
    other_region: str | None

    @property
    def account_id(self) -> str:
        """Reference to the account."""
        ...

    @property
    def region(self) -> str:
        """Reference to the region."""
        ...

    def take_name(self, id: str) -> str:
        """Reserve the Terraform name of a resource."""
        ...


class Block:
    """What resources and data sources have in common: an address, attributes, overrides."""

    section: ClassVar[str]

    def __init__(self, owner: Owner, id: str, type: str, attributes: Mapping[str, Any]) -> None:
        if id in owner.resources:
            raise ConfigError(f"{owner.path}: it already has a resource {id!r}. Use a different id.")
        self.owner, self.id, self.type = owner, id, type
        self.name = owner.take_name(id)
        self.attributes: dict[str, Any] = dict(attributes)
        self._overrides: list[tuple[str, Any]] = []
        owner.resources[id] = self
        owner.stack_state.addresses.add(self.address)

    @property
    def address(self) -> str:
        """The Terraform address, e.g. `aws_s3_bucket.uploads_bucket`; it must not change between releases."""
        return f"{self.type}.{self.name}"

    @property
    def fqn(self) -> str:
        """The address under the name the engine's own elements give it."""
        return self.address

    def ref(self, attribute: str) -> str:
        """A reference to an attribute: `key.ref("arn")` is `${aws_kms_key.key.arn}`."""
        return Reference.to(f"{self.address}.{attribute}", self.owner.stack_state)

    def add_override(self, path: str, value: Any) -> None:
        """Set any argument, like the engine's escape hatch.

        What is written this way is not checked here; the checks on the output still see it.

        Args:
            path: argument names separated by dots, list positions as numbers: `rule.0.id`.
            value: what to write; `None` removes the argument.
        """
        self._overrides.append((path, value))

    def included(self) -> bool:
        """Whether it is written at all."""
        return True

    def render(self) -> dict[str, Any]:
        """The block as Terraform JSON."""
        block = self._body()
        for path, value in self._overrides:
            _override(block, path.split("."), value)
        return block

    def _body(self) -> dict[str, Any]:
        body: dict[str, Any] = {
            "//": {"metadata": {"path": f"{self.owner.node_path}/{self.id}", "uniqueId": self.name}}
        }
        if self.owner.provider_alias:
            body["provider"] = self.owner.provider_alias
        body.update(region_argument(self.section, self.type, self.owner.other_region))
        body.update(plain(self.attributes, self.owner.stack_state))
        return body


class Data(Block):
    """A data source."""

    section = "data"

    def __init__(self, owner: Owner, id: str, type: str, /, **attributes: Any) -> None:
        super().__init__(owner, id, type, attributes)

    @property
    def address(self) -> str:
        """The Terraform address, e.g. `data.aws_iam_policy_document.trust`."""
        return f"data.{self.type}.{self.name}"


class Ephemeral(Block):
    """An ephemeral resource: opened during each plan and apply, and never kept in a plan or the state.

    Terraform has them since 1.10, and accepts their values in write-only arguments since 1.11.
    """

    section = "ephemeral"

    def __init__(self, owner: Owner, id: str, type: str, /, **attributes: Any) -> None:
        super().__init__(owner, id, type, attributes)

    @property
    def address(self) -> str:
        """The Terraform address, e.g. `ephemeral.aws_secretsmanager_random_password.value`."""
        return f"ephemeral.{self.type}.{self.name}"


class Resource(Block):
    """A resource.

    Args:
        owner: the construct it belongs to.
        id: its role there, lower case, never a counter; part of the address, so it must not change.
        type: the Terraform type, e.g. `aws_s3_bucket_versioning`.
        depends_on: resources, engine elements or addresses that must exist first.
        protect: write a literal `prevent_destroy`, unless the stack is a sandbox.
        create_before_destroy: replace it without a gap.
        ignore_changes: arguments that are managed elsewhere.
        waivers: waivers for this resource; written in its `//` comment.
        moved_from: the address it had in an earlier release; writes a `moved` block.
        when: left out of the output if this returns false; called at synthesis.
        attributes: the arguments, under Terraform's names. `None` is left out; a callable is called at synthesis.
    """

    section = "resource"

    def __init__(
        self,
        owner: Owner,
        id: str,
        type: str,
        /,
        *,
        depends_on: Iterable[Addressable | str] = (),
        protect: bool = False,
        create_before_destroy: bool = False,
        ignore_changes: Iterable[str] = (),
        waivers: Iterable[Waiver] = (),
        moved_from: str | None = None,
        when: Callable[[], object] | None = None,
        **attributes: Any,
    ) -> None:
        super().__init__(owner, id, type, attributes)
        self.depends_on = list(depends_on)
        self.protect = protect
        self.create_before_destroy = create_before_destroy
        self.ignore_changes = list(ignore_changes)
        self.waivers = list(waivers)
        self.moved_from = moved_from
        self.preconditions: list[dict[str, str]] = []
        self.postconditions: list[dict[str, str]] = []
        self.conditions: list[Precondition] = []
        self._when = when

    def included(self) -> bool:
        """Whether it is written at all."""
        return self._when is None or bool(self._when())

    def require(self, condition: str, message: str) -> None:
        """Add a `precondition`: what Terraform must find true before it touches the resource."""
        self.preconditions.append({"condition": condition, "error_message": message})

    def demand(self, name: str, value: Any, expression: str, message: str, subject: str = "") -> None:
        """Have Terraform check a token, like a token in a configuration; `{value}` stands for it in the expression.

        Args:
            name: name of the value, used if a local has to hold it.
            value: the token.
            expression: what must be true, in Terraform's language.
            message: what is wrong otherwise, and what to do.
            subject: what the message is about, if it does not say so itself.
        """
        self.conditions.append(Precondition(name, value, expression, message, subject))

    def _body(self) -> dict[str, Any]:
        body = super()._body()
        if self.waivers:
            body["//"]["waivers"] = [waiver.to_json() for waiver in self.waivers]
        if self.depends_on:
            body["depends_on"] = [_bare_address(item, self.owner.stack_state.stack) for item in self.depends_on]
        if lifecycle := self._lifecycle():
            body["lifecycle"] = lifecycle
        return body

    def _lifecycle(self) -> dict[str, Any]:
        lifecycle: dict[str, Any] = {}
        if self.protect and self.owner.stack_state.protects:
            lifecycle["prevent_destroy"] = True
        if self.create_before_destroy:
            lifecycle["create_before_destroy"] = True
        if self.ignore_changes:
            lifecycle["ignore_changes"] = list(self.ignore_changes)
        if self.preconditions:
            lifecycle["precondition"] = list(self.preconditions)
        if self.postconditions:
            lifecycle["postcondition"] = list(self.postconditions)
        return lifecycle


def plain(value: Any, state: StackState) -> Any:
    """A value as a stack's JSON can hold it: callables called, tuples as lists, `None` left out of objects."""
    if callable(value):
        return plain(value(), state)
    if isinstance(value, Mapping):
        return {
            key: plain(readable(item) if key == "tags" or is_for_people(str(key)) else item, state)
            for key, item in value.items()
            if item is not None
        }
    if isinstance(value, list | tuple):
        return [plain(item, state) for item in value]
    return value.seen_from(state) if isinstance(value, Reference) else value


def _bare_address(item: Addressable | str, stack: TerraformStack) -> str:
    """An address for `depends_on`: without interpolation, and without placeholders, which would become one."""
    address = item if isinstance(item, str) else item.fqn
    if "TfToken[" in address:
        resolver = DefaultTokenResolver(StringConcat())
        address = str(Tokenization.resolve(address, scope=stack, resolver=resolver, preparing=False))
    return address.removeprefix("${").removesuffix("}")


def _override(target: Any, path: list[str], value: Any) -> None:
    *parents, last = path
    for part in parents:
        if isinstance(target, list):
            target = target[int(part)]
        else:
            if not isinstance(target.get(part), dict | list):
                target[part] = {}
            target = target[part]
    if isinstance(target, list):
        target[int(last)] = value
    elif value is None:
        target.pop(last, None)
    else:
        target[last] = value
