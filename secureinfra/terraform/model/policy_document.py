"""IAM policy documents as they stand in a configuration: JSON text, `jsonencode(...)` or a data source, read into statements.

An action, resource or principal comes as text. What Terraform fills in stands in it as `${...}`: an attribute of a
resource, or a part of a longer text, is something and never `*`. What may turn out to be anything is an `Unknown`.
"""

from __future__ import annotations

import dataclasses
import fnmatch
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from secureinfra.terraform.model.json_argument import decoded
from secureinfra.terraform.unknown import Unknown, UnknownValueError, any_of, is_reference_to_resource, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node
    from secureinfra.terraform.model.configuration import Configuration

_WITHOUT_VARIABLES = "2008-10-17"
_MOST_DOCUMENTS_WITHIN_EACH_OTHER = 20


@dataclass(frozen=True)
class PolicyCondition:
    """One condition: an operator, a key, and the values of which one must match."""

    operator: str
    key: str
    values: tuple[Any, ...]

    @property
    def base(self) -> str:
        """The operator in lower case without `ForAnyValue:`, `ForAllValues:` and `IfExists`: `stringequals`."""
        return self.operator.lower().rpartition(":")[2].removesuffix("ifexists")

    @property
    def negated(self) -> bool:
        """Whether it holds where no value matches."""
        return "not" in self.base

    @property
    def demands_key(self) -> bool:
        """Whether a request without the key fails it, so that it limits an Allow."""
        operator = self.operator.lower()
        absent_passes = operator.startswith("forallvalues:") or operator.endswith("ifexists") or self.base == "null"
        return not absent_passes and not self.negated


@dataclass(frozen=True)
class PolicyStatement:
    """One statement.

    Args:
        effect: `Allow` or `Deny`.
        principals: kinds (`AWS`, `Service`, `Federated`, `CanonicalUser`, `*`) with their ids; empty in an identity policy.
        at: where in its document, e.g. `Statement[0]`.
        variables: whether `${aws:username}` is a variable, which it is not in a policy of version 2008-10-17.
    """

    effect: Any
    actions: tuple[Any, ...] = ()
    not_actions: tuple[Any, ...] = ()
    resources: tuple[Any, ...] = ()
    not_resources: tuple[Any, ...] = ()
    principals: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    not_principals: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    conditions: tuple[PolicyCondition, ...] = ()
    sid: str = ""
    at: str = ""
    variables: bool = True

    @property
    def allows(self) -> bool:
        """Whether it gives rather than takes."""
        return bool(self.effect == "Allow")

    @property
    def everybody(self) -> bool:
        """Whether it names every principal: `*`, or all but a few."""
        ids = [id for kind in ("AWS", "*") for id in self.principals.get(kind, ())]
        return any_of(ids, lambda principal: principal == "*") or (bool(self.not_principals) and self.allows)

    def condition(self, key: str) -> Iterator[PolicyCondition]:
        """The conditions on a key, whose letters may be of either case."""
        return (condition for condition in self.conditions if condition.key.lower() == key.lower())

    def speaks_of(self, action: str) -> bool:
        """Whether it covers an action.

        Args:
            action: one action, e.g. `s3:GetObject`, without wildcards.
        """
        if self.not_actions:
            return not any_of(self.not_actions, lambda pattern: matches(pattern, action))
        return any_of(self.actions, lambda pattern: matches(pattern, action))


def matches(pattern: Any, action: str) -> bool:
    """Whether an action pattern covers an action, as IAM compares them: `*` and `?`, either case."""
    if not isinstance(pattern, str | Unknown):
        return False
    return fnmatch.fnmatchcase(action.lower(), pattern.lower().replace("[", "[[]"))


def statements_of(node: Node, path: str, configuration: Configuration) -> list[PolicyStatement]:
    """The statements of a policy that an argument holds; none where nothing is written.

    Args:
        node: the block.
        path: the argument, e.g. `policy`, `assume_role_policy`.
        configuration: where a reference to an `aws_iam_policy_document` leads.

    Raises:
        UnknownValueError: the document as a whole is not known, or is not a policy.
    """
    value = node.get(path)
    nothing = value is None or (not is_unknown(value) and value == "")
    return [] if nothing else statements_of_value(value, configuration)


def statements_of_value(value: Any, configuration: Configuration, depth: int = 0) -> list[PolicyStatement]:
    """The statements of a policy given as text, object or reference.

    Raises:
        UnknownValueError: as for `statements_of`.
    """
    if is_unknown(value):
        if value.doubt == "tried":
            # `try(data.aws_iam_policy_document.p[0].json, "{}")`: nobody knows which of the two it is.
            raise UnknownValueError(value)
        block = configuration.target(value)
        if block is not None and block.section == "data" and block.type == "aws_iam_policy_document":
            if depth > _MOST_DOCUMENTS_WITHIN_EACH_OTHER:
                raise UnknownValueError(value)
            return _of_data_source(block, configuration, depth)
    document = value if isinstance(value, Mapping) else _decoded(value)
    statements = document.get("Statement")
    variables = _has_variables(document.get("Version", _WITHOUT_VARIABLES))
    return [
        _of_json(statement, f"Statement[{position}]", variables=variables)
        if isinstance(statement, Mapping)
        else _of_unknown(statement, f"Statement[{position}]")
        for position, statement in enumerate(_all(statements))
    ]


def _has_variables(version: Any) -> bool:
    # docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html: it is the version if none is written.
    return is_unknown(version) or str(version) != _WITHOUT_VARIABLES


def _decoded(value: Any) -> Mapping[str, Any]:
    document = decoded(value)
    if not isinstance(document, Mapping):
        raise UnknownValueError(Unknown("(JSON that is not a policy)"))
    return {key: _with_text(held) for key, held in document.items()}


def _with_text(held: Any) -> Any:
    if isinstance(held, Mapping):
        return {key: _with_text(value) for key, value in held.items()}
    return [_with_text(item) for item in held] if isinstance(held, list) else _text_or_unknown(held)


def _of_unknown(value: Any, at: str) -> PolicyStatement:
    """A statement of which every question answers that it is not known."""
    unknown: Any = value if is_unknown(value) else Unknown(str(value))
    held = (unknown,)
    condition = PolicyCondition(unknown, unknown, held)
    return PolicyStatement(
        effect=unknown, actions=held, resources=held, principals={"*": held}, conditions=(condition,), at=at
    )


def _text_or_unknown(value: Any) -> Any:
    if not is_unknown(value):
        return value
    whole = value.text.startswith("${") and value.text.endswith("}") and "}${" not in value.text
    sure = is_reference_to_resource(value) or not whole
    return value.text if sure else value


def _of_json(statement: Mapping[str, Any], at: str, *, variables: bool) -> PolicyStatement:
    conditions = tuple(
        condition
        for operator, keys in _entries(statement.get("Condition"))
        for condition in (PolicyCondition(operator, key, _all(values)) for key, values in _entries(keys))
    )
    return PolicyStatement(
        effect=statement.get("Effect"),
        actions=_all(statement.get("Action")),
        not_actions=_all(statement.get("NotAction")),
        resources=_all(statement.get("Resource")),
        not_resources=_all(statement.get("NotResource")),
        principals=_principals(statement.get("Principal")),
        not_principals=_principals(statement.get("NotPrincipal")),
        conditions=conditions,
        sid=str(statement.get("Sid", "")),
        at=at,
        variables=variables,
    )


def _of_data_source(block: Block, configuration: Configuration, depth: int) -> list[PolicyStatement]:
    found = []
    for name in ("source_policy_documents", "source_json"):
        for source in _all(block.get(name)):
            found += statements_of_value(source, configuration, depth + 1)
    own = [_of_block(node) for node in block.blocks("statement") if node.is_there]
    found = _replaced(found, own)
    for name in ("override_policy_documents", "override_json"):
        for source in _all(block.get(name)):
            found = _replaced(found, statements_of_value(source, configuration, depth + 1))
    # The provider writes the newest version of all documents, `version = "2012-10-17"` unless told otherwise.
    variables = _has_variables(block.get("version")) or any(held.variables for held in found if held not in own)
    return [dataclasses.replace(held, variables=variables) for held in found]


def _replaced(statements: list[PolicyStatement], others: list[PolicyStatement]) -> list[PolicyStatement]:
    """Statements, and others that take the place of those with the same sid."""
    sids = {statement.sid for statement in others if statement.sid}
    return [statement for statement in statements if statement.sid not in sids] + others


def _of_block(node: Node) -> PolicyStatement:
    return PolicyStatement(
        effect=node.get("effect", "Allow"),
        actions=_read_values(node.get("actions")),
        not_actions=_read_values(node.get("not_actions")),
        resources=_read_values(node.get("resources")),
        not_resources=_read_values(node.get("not_resources")),
        principals=_principal_blocks(node.blocks("principals")),
        not_principals=_principal_blocks(node.blocks("not_principals")),
        conditions=tuple(
            PolicyCondition(
                condition.get("test", ""), condition.get("variable", ""), _read_values(condition.get("values"))
            )
            for condition in node.blocks("condition")
            if condition.is_there
        ),
        sid=str(node.get("sid", "")),
        at=node.path,
    )


def _principal_blocks(nodes: Iterable[Node]) -> Mapping[str, tuple[Any, ...]]:
    found: dict[str, tuple[Any, ...]] = {}
    for node in nodes:
        kind = node.get("type", "")
        found[kind] = (*found.get(kind, ()), *_read_values(node.get("identifiers")))
    return found


def _principals(value: Any) -> Mapping[str, tuple[Any, ...]]:
    if value is None:
        return {}
    if isinstance(value, Mapping):
        return {kind: _all(ids) for kind, ids in value.items()}
    return {"*": _all(value)}


def _read_values(value: Any) -> tuple[Any, ...]:
    # The data source writes `&{aws:username}` for IAM's own variables, since `${` would be Terraform's.
    return tuple(
        text.replace("&{", "${") if isinstance(text, str) else text for text in map(_text_or_unknown, _all(value))
    )


def _entries(value: Any) -> Iterable[tuple[Any, Any]]:
    if value is None or isinstance(value, Mapping):
        return (value or {}).items()
    unknown = value if is_unknown(value) else Unknown(str(value))
    return ((unknown, unknown),)


def _all(value: Any) -> tuple[Any, ...]:
    if value is None:
        return ()
    return tuple(value) if isinstance(value, list | tuple) else (value,)
