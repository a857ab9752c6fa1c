"""The same as text: sentences from the facts that the drawing uses."""

from __future__ import annotations

from collections.abc import Iterator

from secureinfra.maps.trust.facts import EVERYTHING, WHOLE_ACCOUNT, AccountFacts, Assumption, Grant, TrustFacts

__all__ = ["NAME", "footers", "headline", "is_open", "sentences"]

NAME = "Trust map"


def headline(facts: TrustFacts) -> str:
    """The answer to the first questions: what anyone reaches, who has everything, and who comes from outside."""
    if all(account.is_empty for account in facts.accounts):
        return "There is no principal and no resource policy."
    parts = [_anyone(facts), _everything(facts), _outside(facts)]
    return " ".join(part for part in parts if part)


def is_open(facts: TrustFacts) -> bool:
    """Whether anyone reaches something, or a principal may do everything."""
    return bool(_exposed(facts) or _powerful(facts, whole=True))


def _exposed(facts: TrustFacts) -> list[str]:
    roles = [role.label for account in facts.accounts for role in account.roles.values() if role.exposed]
    return roles + [held.label for account in facts.accounts for held in account.holders.values() if held.exposed]


def _powerful(facts: TrustFacts, *, whole: bool) -> list[str]:
    return list(
        dict.fromkeys(
            account.label(grant.source)
            for account in facts.accounts
            for grant in account.grants
            if EVERYTHING in grant.verbs and grant.sure and (grant.target == WHOLE_ACCOUNT) == whole
        )
    )


def _anyone(facts: TrustFacts) -> str:
    found = _exposed(facts)
    return f"Open to anyone: {_some(found)}." if found else ""


def _everything(facts: TrustFacts) -> str:
    if found := _powerful(facts, whole=True):
        return f"Everything in the account is granted to {_some(found)}."
    if found := _powerful(facts, whole=False):
        return f"Everything on a resource is granted to {_some(found)}."
    return "No grant of everything is proved."


def _outside(facts: TrustFacts) -> str:
    found = list(
        dict.fromkeys(
            caller.label
            for account in facts.accounts
            for caller in account.callers.values()
            if caller.kind == "outside"
        )
    )
    if not found:
        return "No principal from outside this account is named."
    return f"{len(found)} principal{'' if len(found) == 1 else 's'} from outside this account: {_some(found)}."


def _some(names: list[str], most: int = 3) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def footers(facts: TrustFacts) -> list[str]:
    """What is not drawn and what is not known, with numbers, and what is not counted."""
    counted: dict[str, int] = {}
    unknown: dict[str, int] = {}
    for account in facts.accounts:
        for name, number in account.counted.items():
            counted[name] = counted.get(name, 0) + number
        for name, number in account.unknown.items():
            unknown[name] = unknown.get(name, 0) + number
    listed = [f"{number} {_plural(name, number)}" for name, number in counted.items() if number]
    resources = sum(account.resources for account in facts.accounts)
    found = [
        f"Not drawn: {', '.join([*listed, 'reads of settings'])}. "
        f"{resources} resource{'' if resources == 1 else 's'} in all."
    ]
    reasons: dict[str, int] = {}
    for account in facts.accounts:
        for why in account.open_questions:
            reasons[why] = reasons.get(why, 0) + 1
    texts = [f"{number} of the lines, as {why}" for why, number in sorted(reasons.items())]
    texts += [f"{name} ({number})" for name, number in sorted(unknown.items())]
    if texts:
        found.append(f"Not known: {_some(texts, 4)}.")
    found.append("Not counted: service control policies, session policies, and policies that other accounts keep.")
    return found


def _plural(name: str, number: int) -> str:
    first, space, rest = name.partition(" ")
    return name if number == 1 else f"{first}s{space}{rest}"


def sentences(facts: TrustFacts) -> list[str]:
    """Everything that is drawn, a sentence each."""
    found = [headline(facts)]
    for account in facts.accounts:
        if len(facts.accounts) > 1:
            found.append(f"In {account.name}:")
        found += _of_account(account)
    return [*found, *footers(facts)]


def _of_account(account: AccountFacts) -> Iterator[str]:
    yield from _of_principals(account)
    for held in account.assumptions:
        yield _of_assumption(account, held)
    for grant in account.grants:
        yield _of_grant(account, grant)
    for holder in account.holders.values():
        if holder.exposed:
            yield f"Open to anyone: {holder.label} in {holder.service}."


def _of_principals(account: AccountFacts) -> Iterator[str]:
    for caller in account.callers.values():
        if caller.kind == "outside":
            yield f"{caller.label} is outside this account: {caller.about}."
        elif caller.where is not None:
            notes = f", with {', '.join(caller.notes)}" if caller.notes else ""
            yield f"{caller.about} {caller.label}{notes}."
    for role in account.roles.values():
        names = f" ({', '.join(role.members)})" if role.members else ""
        notes = f", with {', '.join(role.notes)}" if role.notes else ""
        about = role.about.removeprefix("role").replace(" · ", ", ")
        yield f"Role {role.label}{names}{about}{notes}."
        if account.way_in(role.key):
            yield f"Anyone may come to {role.label}, through roles that it may assume."


def _of_assumption(account: AccountFacts, held: Assumption) -> str:
    who, words = _who(account, held.caller), f" ({', '.join(held.words)})" if held.words else ""
    words = words or (" (no condition)" if account.is_loose(held) else "")
    if held.sure:
        return _first_upper(f"{who} may assume {account.label(held.role)}{words}.")
    return f"It is not known whether {who} may assume {account.label(held.role)}: {held.why}."


def _who(account: AccountFacts, key: str) -> str:
    label = account.label(key)
    if account.kind(key) == "unknown":
        return f"{label[:1].lower()}{label[1:]} {account.callers[key].about}"
    return f"role {label}" if key in account.roles else label


def _of_grant(account: AccountFacts, grant: Grant) -> str:
    holder = account.holders[grant.target]
    names = f" ({', '.join(holder.members)})" if holder.members else ""
    scope = f", only {', '.join(grant.scope)}" if grant.scope else ""
    words = f" ({', '.join(grant.words)})" if grant.words else ""
    verbs = "do everything" if EVERYTHING in grant.verbs else ", ".join(grant.verbs)
    what = f"{verbs} on {holder.label}{names} in {holder.service}{scope}"
    if grant.sure:
        return _first_upper(f"{_who(account, grant.source)} may {what}{words}.")
    return f"It is not known whether {_who(account, grant.source)} may {what}: {grant.why}."


def _first_upper(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
