"""Who may do what on which resource, as the proofs decide it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from secureinfra.controls.s3.settings import settings_of
from secureinfra.controls.shared.arguments import is_true
from secureinfra.maps.shapes import Where
from secureinfra.maps.trust.callers import ANYONE, OTHERS, OWN, Asked, asked_of
from secureinfra.maps.trust.facts import EVERYTHING, Caller, Grant
from secureinfra.maps.trust.verbs import ORDER, actions_of, service_of, verb_of
from secureinfra.maps.trust.words import words_of
from secureinfra.proofs.model.access import world_of_principal
from secureinfra.proofs.model.asking import policies_on, verdict_on
from secureinfra.proofs.model.names import Named
from secureinfra.proofs.model.principals import principals_of
from secureinfra.proofs.model.resources import arn_of_block
from secureinfra.proofs.text import FRESH, HOLE, is_symbol, matches, shown
from secureinfra.terraform.unknown import UnknownValueError, any_of

if TYPE_CHECKING:
    from secureinfra.proofs.model.principals import Principal
    from secureinfra.proofs.statements import Statement
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

__all__ = ["grants_on", "is_everything", "named_of", "reason", "rules_of"]


_REFERENCE = re.compile(r"\$\{[^}]*\}")


@dataclass
class _Verb:
    """What was found of one verb."""

    sure: bool = False
    why: str = ""
    actions: list[str] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)


def named_of(block: Block, configuration: Configuration) -> Named:
    """A block, to ask about."""
    return Named(block.address, block, configuration, arn_of_block(block, configuration))


def is_everything(held: Statement) -> bool:
    """Whether a statement speaks of every resource of the account, whatever its type."""
    return bool(held.not_actions or "*" in held.actions) and "*" in held.resources


def grants_on(
    block: Block, configuration: Configuration, others: Collection[str]
) -> Iterator[tuple[Caller | None, Grant]]:
    """What principals may do on a resource, each with its caller where it is not one of the configuration.

    Args:
        block: the resource.
        configuration: that has it.
        others: the ARNs of all resources of its type.
    """
    named = named_of(block, configuration)
    policies = list(policies_on(named))
    service, _ = service_of(block.type)
    every = list(asked_of(policies, named, configuration))
    by_name = {asked.principal.block.address: asked.statements for asked in every if asked.principal is not None}
    named_only = [asked for asked in every if asked.principal is None and asked.caller is not OWN]
    found = [(asked.caller, grant) for asked in named_only for grant in _grants(asked, named, policies, service)]
    yield from _of_callers(found, block, configuration)
    for address, principal in principals_of(configuration).items():
        own = [held for held in principal.identity if _speaks_of(held, named, service, others)]
        statements = [*own, *by_name.get(address, ())]
        if statements:
            asked = Asked(_as_caller(principal), [world_of_principal(principal.caller)], statements, principal)
            yield from ((None, grant) for grant in _grants(asked, named, policies, service))


def _of_callers(
    found: Sequence[tuple[Caller, Grant]], block: Block, configuration: Configuration
) -> Iterator[tuple[Caller, Grant]]:
    """What callers may do that are not principals of the configuration; those that anyone includes are left out."""
    public = any(caller is ANYONE and grant.sure for caller, grant in found)
    restricted = _is_restricted(block, configuration) if public else False
    for caller, grant in found:
        if (caller is OTHERS and public) or (restricted and caller.kind in ("anyone", "outside")):
            continue
        if restricted is None and caller.kind in ("anyone", "outside"):
            why = "what restricts public access to it is not known"
            yield caller, dataclasses.replace(grant, sure=False, why=why)
            continue
        yield caller, grant


def _is_restricted(block: Block, configuration: Configuration) -> bool | None:
    """Whether a bucket whose policy is public is left to its own account and to services; `None` if that is not known.

    RestrictPublicBuckets: docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
    """
    if block.type != "aws_s3_bucket":
        return False
    try:
        blocks = list(configuration.of_type("aws_s3_account_public_access_block"))
        blocks += settings_of(block, "aws_s3_bucket_public_access_block", configuration)
        return any_of(blocks, lambda one: one.is_as_sure_as(block) and is_true(one.get("restrict_public_buckets")))
    except UnknownValueError:
        return None


def _as_caller(principal: Principal) -> Caller:
    return Caller(principal.block.address, "", "", "inside")


def _speaks_of(held: Statement, named: Named, service: str, others: Collection[str]) -> bool:
    """Whether a statement of a principal names a resource, or a pattern that may mean it."""
    if held.effect != "Allow" or is_everything(held) or any(HOLE in text for text in (*held.actions, *held.resources)):
        return False
    if any(HOLE in condition.key for condition in held.conditions):
        return False
    if not any(actions_of(pattern, service) for pattern in held.actions or ("*",)):
        return False
    if held.not_resources:
        return True
    return any(_touches(pattern, named.text, service, others) for pattern in held.resources)


def _touches(pattern: str, arn: str, service: str, others: Collection[str]) -> bool:
    if pattern in ("*", arn) or pattern.startswith((f"{arn}/", f"{arn}:")):
        return True
    if service == "s3":
        pattern = pattern.partition("/")[0]
    plain = pattern.rstrip("*").rstrip(":/")
    if plain != arn and plain in others:
        return False
    if plain and is_symbol(plain[-1]) and plain != arn and not set("*?") & set(plain):
        return False  # a reference to another resource
    return any(matches(pattern, text) is not False for text in (arn, f"{arn}/{FRESH}", f"{arn}:{FRESH}"))


def _grants(asked: Asked, named: Named, policies: Sequence[tuple[Statement, ...]], service: str) -> Iterator[Grant]:
    found: dict[str, _Verb] = {}
    candidates: dict[str, list[Statement]] = {}
    for held in asked.statements:
        for pattern in held.actions or ("*",):
            for action in actions_of(pattern, service):
                if held not in candidates.setdefault(action, []):
                    candidates[action].append(held)
    for action, statements in candidates.items():
        if held.not_actions and all(one.of_action(action) is False for one in statements):
            continue
        verb = found.setdefault(verb_of(action), _Verb())
        if verb.sure:
            verb.statements += [held for held in statements if held not in verb.statements]
            continue
        if not asked.worlds:
            verb.why = verb.why or "who the policy names is not known"
            verb.statements += statements
            continue
        verdict = verdict_on(action, named, asked.worlds, policies, asked.principal)
        if verdict.answer == "PROVED":
            continue
        verb.sure = verdict.answer == "BROKEN"
        verb.why = "" if verb.sure else verb.why or reason(verdict.why, asked)
        verb.actions.append(action)
        verb.statements = list(statements) if verb.sure else [*verb.statements, *statements]
    wild = any(pattern in ("*", f"{service}:*") for held in asked.statements for pattern in held.actions)
    whole = wild and all(found.get(verb_of(action), _Verb()).sure for action in actions_of(f"{service}:*", service))
    beside = ("less what is denied",) if asked.caller is OTHERS else ()
    yield from _joined(asked.caller.key, named, found, whole=whole, beside=beside)


def reason(why: str, asked: Asked) -> str:
    """What is not known, as far as it can be told.

    Args:
        why: what the proofs say.
        asked: of whom.
    """
    principal = asked.principal
    if principal is not None and any(held.effect == HOLE for held in principal.boundary or ()):
        return "a permissions boundary is defined elsewhere"
    if principal is not None and any(HOLE in held.effect for held in principal.identity):
        return f"{why}: {principal.unread}" if principal.unread else why
    return why


def _joined(
    source: str, named: Named, found: dict[str, _Verb], *, whole: bool, beside: tuple[str, ...] = ()
) -> Iterator[Grant]:
    """Verbs with the same scope and conditions as one grant."""
    rows: dict[tuple[bool, tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for verb in sorted(found, key=_order):
        held = found[verb]
        if held.statements and (held.sure or held.why):
            key = (held.sure, _scope(held.statements, named), _words(held.statements) or beside)
            rows.setdefault(key, []).append(verb)
    for (sure, scope, words), verbs in rows.items():
        parts = [found[verb] for verb in verbs]
        yield Grant(
            source,
            named.name,
            (EVERYTHING,) if whole and len(rows) == 1 else tuple(verbs),
            scope,
            words,
            sure,
            next((part.why for part in parts if part.why), ""),
            tuple(dict.fromkeys(action for part in parts for action in part.actions)),
            tuple(dict.fromkeys(where for part in parts for where in rules_of(part.statements, named.configuration))),
            tuple(dict.fromkeys(held.origin for part in parts for held in part.statements)),
        )


def _order(verb: str) -> tuple[int, str]:
    return (ORDER.index(verb) if verb in ORDER else len(ORDER), verb)


def rules_of(statements: Iterable[Statement], configuration: Configuration | None) -> Iterator[Where]:
    """Where statements are written."""
    for held in statements:
        block = configuration.block(held.origin.address) if configuration and held.origin.address else None
        if block is not None:
            yield Where(block.address, block.file or "", block.line_of(held.origin.at) or 0 if block.file else 0)


def _scope(statements: Iterable[Statement], named: Named) -> tuple[str, ...]:
    """Which part of a bucket statements speak of; all of it where one does."""
    if not named.text.startswith("arn:aws:s3:::"):
        return ()
    found: list[str] = []
    for held in statements:
        for pattern in held.resources:
            rest = pattern.removeprefix(f"{named.text}/")
            if pattern == named.text:
                continue
            if rest in (pattern, "*"):
                return ()
            found.append(_REFERENCE.sub("…", shown(rest)))
    return tuple(dict.fromkeys(found))


def _words(statements: Iterable[Statement]) -> tuple[str, ...]:
    """The conditions under which statements allow; none where one has none."""
    found = [words_of(held.conditions) for held in statements]
    return min(found, key=len) if found else ()
