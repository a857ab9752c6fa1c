"""Invariants: theorems that people state about their own configuration, in Python and in YAML with the same words."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secureinfra.errors import ConfigError
from secureinfra.proofs.model.access import resource_policies
from secureinfra.proofs.model.asking import ELSEWHERE, Answer, can, who
from secureinfra.proofs.model.names import Named, known_action, principal_named, resource_named
from secureinfra.proofs.model.principals import principals_of
from secureinfra.proofs.model.resources import resource_of
from secureinfra.proofs.questions import no_wider
from secureinfra.proofs.statements import read_policy
from secureinfra.proofs.theorems.escalation import escalation_of
from secureinfra.proofs.theorems.evidence import as_data, steps_of
from secureinfra.proofs.theorems.paths import no_path
from secureinfra.proofs.theorems.theorem import Result, Theorem, broken, proved, unknown
from secureinfra.suggest import did_you_mean

if TYPE_CHECKING:
    from secureinfra.terraform.model.configuration import Configuration

__all__ = ["WORDS", "access_only", "invariants_in", "no_access", "no_escalation", "no_wider_than"]

Names = str | Iterable[str]


def no_access(to: str, actions: Names, by: Names = "external", *, id: str = "", why: str = "") -> Theorem:
    """An invariant: some principals may not do something.

    Args:
        to: the resource: an address, a construct path, a reference such as `bucket.arn`, or an ARN.
        actions: actions, or patterns such as `s3:Get*`.
        by: the principals: `anonymous`, `external`, `account:111122223333`, addresses, construct paths or ARNs.
        id: what reports call it.
        why: what happens where it does not hold; starts in lower case.

    Raises:
        ConfigError: AWS has no such action.
    """
    asked, callers = _actions(actions), _texts(by, "by")
    title = f"{' and '.join(callers)} may not {', '.join(asked)} on {to}"
    return _theorem(id, "no-access", title, why, functools.partial(_no_access, to, asked, callers))


def access_only(to: str, actions: Names, by: Names, *, id: str = "", why: str = "") -> Theorem:
    """An invariant: only some principals may do something.

    Args:
        to: as for `no_access`.
        actions: as for `no_access`.
        by: the principals that may; all others may not.
        id: what reports call it.
        why: what happens where it does not hold; starts in lower case.

    Raises:
        ConfigError: AWS has no such action.
    """
    asked, callers = _actions(actions), _texts(by, "by")
    title = f"only {' and '.join(callers)} may {', '.join(asked)} on {to}"
    return _theorem(id, "access-only", title, why, functools.partial(_access_only, to, asked, callers), ELSEWHERE)


def no_escalation(of: str = "", *, id: str = "", why: str = "") -> Theorem:
    """An invariant: a principal does not become administrator by what its policies allow.

    Args:
        of: the principal: an address, a construct path or a reference; every one if not given.
        id: what reports call it.
        why: what happens where it does not hold; starts in lower case.
    """
    title = f"{of or 'no principal'} {'does not become' if of else 'becomes'} administrator"
    return _theorem(id, "no-escalation-of", title, why, functools.partial(_no_escalation, of))


def no_wider_than(of: str, policy: Mapping[str, Any], *, id: str = "", why: str = "") -> Theorem:
    """An invariant: a principal's policies, or a resource's policy, allow nothing that another policy does not allow.

    Args:
        of: the principal or the resource: an address, a construct path or a reference.
        policy: the JSON of a policy that sets the measure.
        id: what reports call it.
        why: what happens where it does not hold; starts in lower case.

    Raises:
        ConfigError: the policy has no statements.
    """
    if not isinstance(policy, Mapping) or "Statement" not in policy:
        raise ConfigError("no_wider_than: policy has no Statement. Give the JSON of a policy as an object.")
    title = f"{of} allows nothing beyond the given policy"
    return _theorem(id, "no-wider-than", title, why, functools.partial(_no_wider, of, policy))


def _theorem(
    id: str, kind: str, title: str, why: str, prove: Callable[[Configuration], Iterable[Result]], assumes: str = ""
) -> Theorem:
    scope = "An invariant of this project. What the organization's policies deny is not counted."
    return Theorem(
        id or f"{kind}: {title}", title, why or "an invariant of this project is broken", scope, prove, assumes
    )


def _no_access(to: str, actions: Sequence[str], by: Sequence[str], configuration: Configuration) -> Iterator[Result]:
    resource = resource_named(to, [configuration])
    for name in by:
        principal = principal_named(name, [configuration])
        for action in actions:
            yield _result(can(principal, action, resource), action, resource, configuration)


def _access_only(to: str, actions: Sequence[str], by: Sequence[str], configuration: Configuration) -> Iterator[Result]:
    resource = resource_named(to, [configuration])
    allowed = {name for one in by for name in _called(one, configuration)}
    for action in actions:
        for answer in who(action, resource):
            if answer.who.removeprefix("account ") not in allowed:
                yield _result(answer, action, resource, configuration)


def _called(name: str, configuration: Configuration) -> Iterator[str]:
    """What `who` calls the principal of a name; a service goes by its own."""
    if name.endswith((".amazonaws.com", ".amazon.com")):
        yield name
        return
    named = principal_named(name, [configuration])
    yield named.block.address if named.block is not None else named.text.removeprefix("account:")
    if named.text == "external":
        yield "any other account"


def _result(answer: Answer, action: str, resource: Named, configuration: Configuration) -> Result:
    verdict = answer.verdict
    if verdict.answer == "BROKEN":
        request = as_data(verdict.request) if verdict.request else {}
        return broken(resource.block, verdict.told(), steps_of(verdict.statements, configuration), request)
    if verdict.answer == "UNKNOWN":
        return unknown(resource.block, f"whether {answer.who} may {action}: {verdict.why}")
    return proved(resource.block, f"{answer.who} may not {action}")


def _no_escalation(of: str, configuration: Configuration) -> Iterator[Result]:
    principals = principals_of(configuration)
    if not of:
        yield from (escalation_of(principal, configuration) for principal in principals.values())
        return
    block = principal_named(of, [configuration]).block
    if block is None:
        raise ConfigError(f"no_escalation: {of!r} is not a principal of the configuration. Give its address.")
    yield escalation_of(principals[block.address], configuration)


def _no_wider(of: str, policy: Mapping[str, Any], configuration: Configuration) -> Iterator[Result]:
    named = resource_named(of, [configuration])
    if named.block is None:
        raise ConfigError(f"no_wider_than: {of!r} is not in the configuration. Give an address.")
    principal = principals_of(configuration).get(named.block.address)
    policies = (
        [tuple(principal.identity)] if principal else list(resource_policies(resource_of(named.block, configuration)))
    )
    old = read_policy(policy)
    for statements in policies:
        verdict = no_wider(statements, old)
        if verdict.answer == "BROKEN":
            held = [one for one in verdict.statements if verdict.request and one.applies(verdict.request)]
            request = as_data(verdict.request) if verdict.request else {}
            yield broken(named.block, f"only it allows that {verdict.told()}", steps_of(held, configuration), request)
        elif verdict.answer == "UNKNOWN":
            yield unknown(named.block, verdict.why)
        else:
            yield proved(named.block, "it allows nothing more")


WORDS: dict[str, Callable[..., Theorem]] = {
    "no_access": no_access,
    "access_only": access_only,
    "no_escalation": no_escalation,
    "no_wider_than": no_wider_than,
    "no_path": no_path,
}
_FIELDS = {
    "no_access": ("to", "actions", "by", "id", "why"),
    "access_only": ("to", "actions", "by", "id", "why"),
    "no_escalation": ("of", "id", "why"),
    "no_wider_than": ("of", "policy", "id", "why"),
    "no_path": ("source", "target", "port", "routed", "id", "why"),
}
_REQUIRED = {
    "no_access": ("to", "actions"),
    "access_only": ("to", "actions", "by"),
    "no_escalation": (),
    "no_wider_than": ("of", "policy"),
    "no_path": ("source", "target"),
}


@dataclass(frozen=True)
class _Stated:
    """One invariant of a file: its word, its fields, and where it stands."""

    word: str
    fields: Mapping[str, Any]
    place: str


def invariants_in(file: Path) -> list[Theorem]:
    """The invariants of a file.

    Args:
        file: YAML or JSON: a list `invariants`, each `no_access: {to: ..., actions: ..., by: ...}` or another word.

    Raises:
        ConfigError: the file cannot be read, an invariant is not complete, or two contradict each other.
    """
    stated = list(_read(file))
    _refuse_contradictions(stated)
    found = []
    for one in stated:
        try:
            found.append(WORDS[one.word](**one.fields))
        except ConfigError as error:
            raise ConfigError(f"{one.place}: {error}") from None
    return found


def _read(file: Path) -> Iterator[_Stated]:
    from secureinfra.files.yaml import read  # noqa: PLC0415 - most runs have no such file

    document = read(file)
    listed = document.values.get("invariants")
    if not isinstance(listed, list) or len(document.values) != 1:
        raise ConfigError(f"{file}: it has no list of invariants. Write 'invariants:' and below it '- no_access: ...'.")
    for position, held in enumerate(listed):
        place = document.places.at(("invariants", position))
        if not isinstance(held, Mapping) or len(held) != 1:
            raise ConfigError(f"{place}: an invariant is one word with its fields, e.g. '- no_access: {{to: ...}}'.")
        word, fields = next(iter(held.items()))
        yield _checked(str(word), fields or {}, place)


def _checked(word: str, fields: Any, place: str) -> _Stated:
    if word not in WORDS:
        raise ConfigError(
            f"{place}: there is no invariant {word!r}. {did_you_mean(word, WORDS, 'Use ' + ', '.join(WORDS))}"
        )
    if not isinstance(fields, Mapping):
        raise ConfigError(f"{place}: {word} takes fields: {', '.join(_FIELDS[word])}.")
    for name in fields:
        if name not in _FIELDS[word]:
            hint = did_you_mean(str(name), _FIELDS[word], f"It takes {', '.join(_FIELDS[word])}.")
            raise ConfigError(f"{place}: {word} has no field {name!r}. {hint}")
    if missing := [name for name in _REQUIRED[word] if not fields.get(name)]:
        raise ConfigError(f"{place}: {word} has no {missing[0]}. It needs {', '.join(_REQUIRED[word])}.")
    return _Stated(word, fields, place)


def _refuse_contradictions(stated: Sequence[_Stated]) -> None:
    """Refuse a file that says of a principal both that it is one of those that may, and that it may not."""
    for one in stated:
        for other in stated:
            if one.word != "access_only" or other.word != "no_access" or one.fields["to"] != other.fields["to"]:
                continue
            actions = {*_texts(one.fields["actions"], "actions")} & {*_texts(other.fields["actions"], "actions")}
            both = {*_texts(one.fields["by"], "by")} & {*_texts(other.fields.get("by", "external"), "by")}
            if actions and both:
                raise ConfigError(
                    f"{other.place}: it says that {sorted(both)[0]} may not {sorted(actions)[0]} on {one.fields['to']}, and "
                    f"{one.place} says that it may. Remove one of them."
                )


def _actions(actions: Names) -> tuple[str, ...]:
    return tuple(map(known_action, _texts(actions, "actions")))


def _texts(names: Any, field: str) -> tuple[str, ...]:
    found = (names,) if isinstance(names, str) else tuple(names) if isinstance(names, Iterable) else ()
    if not found or not all(isinstance(name, str) and name for name in found):
        raise ConfigError(f"{field}={names!r} is not a text or a list of texts. Name at least one.")
    return found
