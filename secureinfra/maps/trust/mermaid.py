"""The trust map as a Mermaid flowchart, for pages that render it."""

from __future__ import annotations

from collections.abc import Iterator

from secureinfra.maps.mermaid import quoted
from secureinfra.maps.trust.facts import AccountFacts, TrustFacts, look_of

__all__ = ["as_mermaid"]

_MOST = 3


def as_mermaid(facts: TrustFacts) -> str:
    """The same facts as a flowchart, without coordinates."""
    lines = ["flowchart LR"]
    for number, account in enumerate(facts.accounts, 1):
        lines += _of_account(account, f"a{number}")
    if all(account.is_empty for account in facts.accounts):
        lines.append('  none["There is no principal and no resource policy"]')
    return "\n".join([*lines, ""])


def _of_account(facts: AccountFacts, prefix: str) -> Iterator[str]:
    ids = {key: f"{prefix}w{number}" for number, key in enumerate(facts.callers, 1)}
    ids |= {key: f"{prefix}r{number}" for number, key in enumerate(facts.roles, 1)}
    ids |= {key: f"{prefix}h{number}" for number, key in enumerate(facts.holders, 1)}
    for key, caller in facts.callers.items():
        yield f'  {ids[key]}(["{quoted(caller.label)}<br/>{quoted(caller.about)}"])'
    for key, role in facts.roles.items():
        yield f'  {ids[key]}["{quoted(role.label)}<br/>{quoted(role.about)}"]'
    services = dict.fromkeys(holder.service for holder in facts.holders.values())
    for number, service in enumerate(services, 1):
        yield f'  subgraph {prefix}s{number}["{quoted(service)}"]'
        for key, holder in facts.holders.items():
            if holder.service == service:
                yield f'    {ids[key]}[("{quoted(holder.label)}")]'
        yield "  end"
    for held in facts.assumptions:
        line = "-->" if held.sure else "-.->"
        words = quoted(", ".join(held.words[:_MOST])) if held.sure else "not known"
        text = f'|"{words}"|' if words else ""
        yield f"  {ids[held.caller]} {line}{text} {ids[held.role]}"
    for grant in facts.grants:
        line = "-->" if grant.sure else "-.->"
        text = grant.what if grant.sure else f"not known: {grant.what}"
        yield f'  {ids[grant.source]} {line}|"{quoted(text)}"| {ids[grant.target]}'
    exposed = [key for key, caller in facts.callers.items() if look_of(caller.kind) == "exposed"]
    exposed += [key for key, role in facts.roles.items() if role.exposed]
    exposed += [key for key, holder in facts.holders.items() if holder.exposed]
    for key in exposed:
        yield f"  style {ids[key]} stroke:#b23a00,stroke-width:3px"
