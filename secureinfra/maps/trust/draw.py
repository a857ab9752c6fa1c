"""The trust map of a configuration, as a picture or as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from secureinfra.errors import ConfigError
from secureinfra.maps.svg import Picture
from secureinfra.maps.trust.facts import AccountFacts, TrustFacts
from secureinfra.maps.trust.fold import folded
from secureinfra.maps.trust.narrow import draw_narrow
from secureinfra.maps.trust.reading import trust_facts
from secureinfra.maps.trust.sentences import NAME, sentences
from secureinfra.maps.trust.wide import draw_wide
from secureinfra.suggest import did_you_mean

if TYPE_CHECKING:
    from secureinfra.terraform.model.configuration import Configuration

__all__ = ["facts_of", "picture_of", "together"]


def facts_of(
    configurations: Sequence[Configuration],
    *,
    name: str = "",
    roles: tuple[str, ...] = (),
    resources: tuple[str, ...] = (),
) -> TrustFacts:
    """What a trust map shows.

    Args:
        configurations: what was read; each stands for itself.
        name: what the map calls it; by default the name of the folder or file.
        roles: labels or addresses of the roles and principals to show with what they have to do with; all by default.
        resources: labels or addresses of the resources to show with who may use them; all by default.

    Raises:
        ConfigError: a role or resource of that name is not there.
    """
    found = together([trust_facts(configuration) for configuration in configurations])
    found.name = name or found.name
    if roles or resources:
        found.accounts = _chosen(found.accounts, roles, resources)
    found.accounts = [folded(account) for account in found.accounts]
    return found


def together(found: Sequence[AccountFacts]) -> TrustFacts:
    """The facts of several configurations, of which those without principals and policies are left out."""
    shown = [facts for facts in found if not facts.is_empty] or list(found[:1])
    return TrustFacts(", ".join(PurePath(facts.name).name for facts in shown), shown)


def picture_of(facts: TrustFacts) -> Picture:
    """The picture of some facts, in both compositions."""
    title = f"{NAME} of {facts.name}" if facts.name else NAME
    return Picture(title, sentences(facts), draw_wide(facts), draw_narrow(facts))


def _chosen(accounts: list[AccountFacts], roles: tuple[str, ...], resources: tuple[str, ...]) -> list[AccountFacts]:
    principals = {key: held.label for account in accounts for key, held in account.callers.items()}
    principals |= {key: held.label for account in accounts for key, held in account.roles.items()}
    holders = {key: held.label for account in accounts for key, held in account.holders.items()}
    wanted = _keys("role or principal", roles, principals)
    targets = _keys("resource with a grant", resources, holders)
    found = [_around(account, wanted, targets) for account in accounts]
    return [account for account in found if not account.is_empty] or found[:1]


def _keys(kind: str, names: tuple[str, ...], known: dict[str, str]) -> set[str]:
    found: set[str] = set()
    for name in names:
        keys = {key for key, label in known.items() if name in (key, label)}
        if not keys:
            every = [*known.values(), *known]
            listed = f"There are: {', '.join(list(known.values())[:6])}." if known else "There are none."
            raise ConfigError(f"there is no {kind} {name!r} in this configuration. {did_you_mean(name, every, listed)}")
        found |= keys
    return found


def _around(facts: AccountFacts, wanted: set[str], targets: set[str]) -> AccountFacts:
    """What has to do with some principals, or with some resources."""
    grants = [held for held in facts.grants if held.source in wanted or held.target in targets]
    near = wanted | {held.source for held in grants if held.target in targets}
    assumptions = [held for held in facts.assumptions if held.role in near or held.caller in wanted]
    keys = near | {key for held in assumptions for key in (held.caller, held.role)}
    return replace(
        facts,
        callers={key: held for key, held in facts.callers.items() if key in keys},
        roles={key: held for key, held in facts.roles.items() if key in keys},
        holders={key: held for key, held in facts.holders.items() if key in {one.target for one in grants}},
        assumptions=assumptions,
        grants=grants,
    )
