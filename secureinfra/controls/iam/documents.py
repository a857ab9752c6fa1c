"""The policies in a configuration: which argument of which type holds one, read once for all controls that need it."""

from __future__ import annotations

import dataclasses
import re
import weakref
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from secureinfra.controls.verdict import Failure, NotApplicable, each
from secureinfra.terraform.unknown import Unknown, UnknownValueError, any_of, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration
    from secureinfra.terraform.model.policy_document import PolicyStatement

DOCUMENT = "data.aws_iam_policy_document"

# The argument with the permissions of an identity; `[]` after the name of a nested block.
IDENTITY = {
    "aws_iam_policy": "policy",
    "aws_iam_role": "inline_policy[].policy",
    "aws_iam_role_policy": "policy",
    "aws_iam_user_policy": "policy",
    "aws_iam_group_policy": "policy",
    "aws_ssoadmin_permission_set_inline_policy": "inline_policy",
    DOCUMENT: "",
}
# Arguments that use a policy document have these names.
_MAY_HOLD_A_DOCUMENT = re.compile(r"polic|document|json|content|statement|template|dynamic|access")


class Policy(NamedTuple):
    """One policy of a block: its path, and its document or why it is unknown."""

    path: str
    read: list[PolicyStatement] | UnknownValueError

    def statements(self) -> list[PolicyStatement]:
        """Its document.

        Raises:
            UnknownValueError: only Terraform knows.
        """
        if isinstance(self.read, UnknownValueError):
            raise UnknownValueError(self.read.value)
        return self.read

    def at(self, statement: PolicyStatement) -> str:
        """The path of a statement within the block."""
        return f"{self.path}.{statement.at}" if self.path else statement.at


_READ: weakref.WeakKeyDictionary[Block, dict[str, list[Policy]]] = weakref.WeakKeyDictionary()
_USED: weakref.WeakKeyDictionary[Configuration, frozenset[str]] = weakref.WeakKeyDictionary()


def policies(block: Block, path: str, configuration: Configuration) -> list[Policy]:
    """The policies in an argument of a block; an empty path means that the block is a policy document itself.

    Args:
        block: a resource, or an `aws_iam_policy_document`.
        path: the argument; `inline_policy[].policy` for one in each of several nested blocks.
        configuration: what references are resolved in.
    """
    read = _READ.setdefault(block, {})
    if path not in read:
        read[path] = list(_policies(block, path, configuration))
    return read[path]


def written_in(found: Iterable[Policy]) -> list[PolicyStatement]:
    """The statements of policies, as far as they can be read."""
    return [statement for policy in found if isinstance(policy.read, list) for statement in policy.read]


def judged(
    found: Iterable[Policy], check: Callable[[PolicyStatement], Iterable[str]], expected: str
) -> Iterator[Failure]:
    """The failures of every Allow statement; an unknown one does not hide others.

    Args:
        found: policies.
        check: yields what is wrong with a statement.
        expected: what should be written.
    """

    def of_policy(policy: Policy) -> Iterator[Failure]:
        def of_statement(statement: PolicyStatement) -> Iterator[Failure]:
            if statement.effect == "Deny":
                return
            for wrong in check(statement):
                yield Failure(wrong, expected, policy.at(statement))

        return each(policy.statements(), of_statement)

    return each(found, of_policy)


def identity_policies(block: Block, configuration: Configuration) -> list[Policy]:
    """The identity policies of a block of one of the types in `IDENTITY`.

    Raises:
        NotApplicable: it has none, or is a document that is checked elsewhere or is for a resource.
    """
    if block.section == "data":
        if kind_of_document(block, configuration) != "identity":
            raise NotApplicable("it is a resource policy, not an identity policy")
        return policies(block, "", configuration)
    found = policies(block, IDENTITY[block.type], configuration)
    if not found:
        raise NotApplicable("it does not contain a policy")
    return found


def kind_of_document(document: Block, configuration: Configuration) -> str:
    """What a policy document that is not used in the configuration is for: `identity`, `resource` or `trust`.

    Raises:
        NotApplicable: it is used in the configuration, and checked there.
    """
    if document.address in _used_documents(configuration):
        raise NotApplicable("it is checked where it is used")
    statements = policies(document, "", configuration)[0].statements()
    if not any_of(statements, lambda statement: statement.principals or statement.not_principals):
        return "identity"
    trusting = (str(action).startswith("sts:") for s in statements for action in (*s.actions, *s.not_actions))
    return "trust" if all(trusting) and not any(statement.resources for statement in statements) else "resource"


def _policies(block: Block, path: str, configuration: Configuration) -> Iterator[Policy]:
    from secureinfra.terraform.model.policy_document import statements_of, statements_of_value  # noqa: PLC0415

    if not path:
        reference = f"{block.address}.json"
        itself = Unknown(f"${{{reference}}}", (reference,))
        yield _policy("", lambda: statements_of_value(itself, configuration))
        return
    nested, several, argument = path.partition("[].")
    for node in block.blocks(nested) if several else (block,):
        name = argument or path
        where = f"{node.path}.{name}" if node.path else name
        if is_unknown(held := node.get(name)) or held not in (None, ""):
            yield _policy(where, lambda node=node, name=name: statements_of(node, name, configuration))  # type: ignore[misc]


def _policy(path: str, read: Callable[[], list[PolicyStatement]]) -> Policy:
    try:
        return Policy(path, [_in_text(statement) for statement in read()])
    except UnknownValueError as error:
        return Policy(path, error)


def _in_text(statement: PolicyStatement) -> PolicyStatement:
    """The statement with every part as text: policies written by hand may contain numbers and booleans too."""
    return dataclasses.replace(
        statement,
        actions=_texts(statement.actions),
        not_actions=_texts(statement.not_actions),
        resources=_texts(statement.resources),
        not_resources=_texts(statement.not_resources),
        principals={kind: _texts(ids) for kind, ids in statement.principals.items()},
        conditions=tuple(
            dataclasses.replace(condition, values=_texts(condition.values)) for condition in statement.conditions
        ),
    )


def _texts(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(value if isinstance(value, str) or is_unknown(value) else _text(value) for value in values)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _used_documents(configuration: Configuration) -> frozenset[str]:
    """Addresses of the policy documents that a block in the configuration uses."""
    found = _USED.get(configuration)
    if found is None:
        found = _USED[configuration] = frozenset(_uses(configuration))
    return found


def _uses(configuration: Configuration) -> Iterator[str]:
    for block in configuration.blocks:
        for name in filter(_MAY_HOLD_A_DOCUMENT.search, block.raw):
            for reference in block.references(name):
                target = configuration.target(reference)
                if target is not None and target.type == "aws_iam_policy_document" and target is not block:
                    yield target.address
