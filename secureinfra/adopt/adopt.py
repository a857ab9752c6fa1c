"""From what exists to the largest program that replaces nothing, with the reason for everything that is left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

from secureinfra.adopt.candidate import Candidate, id_of
from secureinfra.adopt.existing import Estate, Existing, Unfit
from secureinfra.adopt.kinds import buckets, groups, keys, networks, roles, trails
from secureinfra.adopt.trial import Adopted, Outcome, Trial, attempt, linked
from secureinfra.adopt.waived import waivers_for
from secureinfra.errors import ConfigError
from secureinfra.suggest import did_you_mean

_Make = Callable[[Estate, Existing], Candidate]
# In the order in which a program needs them: keys before what is encrypted, networks before what is in them.
_KINDS: Final[tuple[tuple[str, _Make], ...]] = (
    ("aws_kms_key", keys.candidate),
    ("aws_s3_bucket", buckets.candidate),
    ("aws_vpc", networks.candidate),
    ("aws_security_group", groups.candidate),
    ("aws_iam_role", roles.candidate),
    ("aws_cloudtrail", trails.candidate),
)


@dataclass(frozen=True)
class Adoption:
    """What a program takes over of what exists.

    Args:
        estate: what exists.
        name: name of the stack.
        outcomes: the constructs, in the order of the program.
        shared: the addresses of what they create together.
        left_out: what has a construct and is left out, with the reason.
        without_construct: what has no construct, or none for which it was read.
        same_state: whether the program keeps the state that everything is in.
    """

    estate: Estate
    name: str
    outcomes: tuple[Outcome, ...]
    shared: tuple[str, ...]
    left_out: tuple[tuple[Existing, str], ...]
    without_construct: tuple[Existing, ...]
    same_state: bool = False

    @property
    def imports(self) -> dict[str, str]:
        """The ids of what is imported, by address in the program."""
        parts = (part for one in self.outcomes for part in one.adopted)
        return {part.address: part.id for part in parts if not (self.same_state and part.movable)}

    @property
    def moves(self) -> dict[str, str]:
        """The addresses in the state that is kept, by address in the program."""
        parts = (part for one in self.outcomes for part in one.adopted)
        return {part.address: part.existing.address for part in parts if self.same_state and part.movable}


def adopt(
    estate: Estate,
    name: str,
    *,
    replaceable: Collection[str] = (),
    same_state: bool = False,
    progress: Callable[[str], None] = lambda text: None,
) -> Adoption:
    """Map what exists onto constructs.

    Args:
        estate: what exists.
        name: name of the stack.
        replaceable: addresses of what may be replaced; by default nothing is, and what would be is left out.
        same_state: whether the program keeps the state that everything is in.
        progress: called with what is being done.

    Raises:
        ConfigError: there is no such address, or the name is not one of a stack.
    """
    if not re.fullmatch(r"[A-Za-z0-9_-]+", name):
        raise ConfigError(
            f"--name {name!r} is not a name of a stack: it is part of names in AWS. Write letters, digits, '-' and '_', e.g. --name shop."
        )
    _check(estate, replaceable)
    candidates, left = _candidates(estate)
    while True:
        _leave_dependents(candidates, left)
        progress(f"Building {len(candidates)} constructs of {len(estate.resources)} resources")
        trial = attempt(estate, name, _linked(_unclaimed(candidates))) if candidates else Trial((), (), {})
        refused = dict(trial.refused) or _replaced(trial, replaceable)
        if not refused:
            break
        for address, reason in refused.items():
            left[address] = reason
        candidates = [one for one in candidates if one.main.address not in left]
    left |= {existing.address: why for one in trial.outcomes for existing, why in one.candidate.apart}
    by_address = {one.address: one for one in estate.resources}
    rest = _rest(estate, trial, left)
    return Adoption(
        estate,
        name,
        trial.outcomes,
        trial.shared,
        tuple((by_address[address], reason) for address, reason in left.items()),
        rest,
        same_state,
    )


def _rest(estate: Estate, trial: Trial, left: Collection[str]) -> tuple[Existing, ...]:
    # One that is used for several parts, as a table with its routes within it, is one.
    taken = {part.existing for one in trial.outcomes for part in one.adopted}
    taken |= {existing for one in trial.outcomes for existing, _ in one.candidate.superseded}
    return tuple(one for one in estate.resources if one not in taken and one.address not in left)


def _check(estate: Estate, replaceable: Collection[str]) -> None:
    known = [one.address for one in estate.resources]
    for address in replaceable:
        if address not in known:
            hint = did_you_mean(address, known, "Write the address of a bucket, VPC or the like as the state has it.")
            raise ConfigError(f"--replace {address!r}: the state has no such address. {hint}")


def _candidates(estate: Estate) -> tuple[list[Candidate], dict[str, str]]:
    found: list[Candidate] = []
    left: dict[str, str] = {}
    for type, make in _KINDS:
        for existing in estate.of(type):
            try:
                found.append(_made(estate, existing, make))
            except Unfit as reason:
                left[existing.address] = str(reason)
    return _with_ids(found), left


def _made(estate: Estate, existing: Existing, make: _Make) -> Candidate:
    if existing.tainted:
        raise Unfit("it is tainted: Terraform would replace it. Apply or untaint it first")
    if existing.region not in (None, estate.region):
        raise Unfit(f"it is in {existing.region}: adopt that region by itself, with --region {existing.region}")
    made = make(estate, existing)
    waivers = waivers_for(estate, existing)
    # Those for security groups stand at the rules that need them.
    if not waivers or made.construct == "SecurityGroup":
        return made
    return replace(made, config=replace(made.config, named={**made.config.named, "waivers": tuple(waivers.values())}))


def _with_ids(candidates: Sequence[Candidate]) -> list[Candidate]:
    wanted = [id_of(one.main) for one in candidates]
    ids: list[str] = []
    for one, id in zip(candidates, wanted, strict=True):
        # A key of a bucket's own has the bucket's id and `key`.
        own = f"{id}-{one.kind}" if wanted.count(id) > 1 else id
        number = 2
        chosen = own
        while chosen in ids:
            chosen = f"{own}-{number}"
            number += 1
        ids.append(chosen)
    # Access logs of all buckets of a stack go to a bucket that has this id.
    ids = [f"{id}-adopted" if id == "access-logs" else id for id in ids]
    return [replace(one, id=id) for one, id in zip(candidates, ids, strict=True)]


def _linked(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The constructs with the variables of others as arguments, those that others need first."""
    ordered = sorted(
        candidates, key=lambda one: any(one.main.address in other.needs for other in candidates), reverse=True
    )
    keys_first = sorted(ordered, key=lambda one: one.main.type != "aws_kms_key")
    return [
        replace(one, named={name: linked(value, candidates) for name, value in one.named.items()}) for one in keys_first
    ]


def _unclaimed(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The constructs of what is no part of another one, as the role of a trail is."""
    claimed = {part.existing for one in candidates for part in one.parts.values() if part.existing is not one.main}
    return [one for one in candidates if one.main not in claimed]


def _leave_dependents(candidates: list[Candidate], left: dict[str, str]) -> None:
    """Leave out what needs something that is left out, and so on."""
    while True:
        there = {one.main.address for one in candidates}
        lost = {one.main.address: need for one in candidates for need in one.needs if need not in there}
        if not lost:
            return
        left |= {address: f"it needs {need}, which is left out" for address, need in lost.items()}
        candidates[:] = [one for one in candidates if one.main.address not in lost]


def _replaced(trial: Trial, replaceable: Collection[str]) -> dict[str, str]:
    """The constructs of which something would be replaced, with what and why."""
    found = {}
    for one in trial.outcomes:
        lost = [part for part in one.adopted if part.replaced and part.existing.address not in replaceable]
        if lost:
            found[one.candidate.main.address] = "; ".join(map(_loss, lost))
    return found


def _loss(part: Adopted) -> str:
    change = part.replaced[0]
    sure = "would be replaced" if change.replaces else "may be replaced"
    return (
        f"{part.existing.address} {sure}, since {change.argument} changes. --replace {part.existing.address} allows it"
    )
