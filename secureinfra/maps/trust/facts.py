"""What a trust map shows, before anything has a place in the picture."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from secureinfra.maps.shapes import Where
from secureinfra.proofs.statements import Origin

__all__ = [
    "EVERYTHING",
    "WHOLE_ACCOUNT",
    "AccountFacts",
    "Assumption",
    "Caller",
    "Grant",
    "Holder",
    "Role",
    "TrustFacts",
    "look_of",
]

EVERYTHING = "everything"
"""The verb of a grant that leaves nothing out."""
WHOLE_ACCOUNT = "account"
"""The key of what stands for every resource of the account."""


@dataclass(frozen=True)
class Caller:
    """A principal that is not a role of the configuration.

    Args:
        key: an address, or the kind and id of what a policy names.
        label: its name, short.
        about: what it is.
        kind: `anyone`, `outside` (another account, an identity provider), `service`, `inside` (of this account), or `unknown`.
        where: its block; `None` for one that policies only name.
        notes: what its policies are, in words.
    """

    key: str
    label: str
    about: str
    kind: str
    where: Where | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Role:
    """A role of the configuration, or several that are alike.

    Args:
        key: its address.
        label: its name, short.
        where: its block.
        about: `role`, with what limits it.
        notes: its managed policies, and what is not known of its policies.
        members: the labels of the roles that it stands for, where there are several.
        exposed: whether anyone may assume it.
    """

    key: str
    label: str
    where: Where
    about: str = "role"
    notes: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    exposed: bool = False


@dataclass(frozen=True)
class Holder:
    """A resource, or several of one service that are alike.

    Args:
        key: its address.
        label: its name, short.
        service: in words, e.g. `S3 buckets`.
        where: its block.
        notes: what its policy says beside, e.g. `TLS only`.
        members: the labels of the resources that it stands for, where there are several.
        exposed: whether anyone may do something on it, by itself or as a role that anyone may assume.
    """

    key: str
    label: str
    service: str
    where: Where
    notes: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    exposed: bool = False


@dataclass(frozen=True)
class Assumption:
    """That a principal may assume a role.

    Args:
        caller: the key of a caller or of a role.
        role: the key of the role.
        words: under which conditions, a few words each.
        sure: whether it is proved; else it is not known.
        why: what is not known.
        rules: where it is written.
    """

    caller: str
    role: str
    words: tuple[str, ...] = ()
    sure: bool = True
    why: str = ""
    rules: tuple[Where, ...] = ()


@dataclass(frozen=True)
class Grant:
    """That a principal may do something on a resource.

    Args:
        source: the key of a caller or of a role.
        target: the key of the resource.
        verbs: what, e.g. `read`, in order.
        scope: of the resource, e.g. `uploads/*`; all of it where empty.
        words: under which conditions, a few words each.
        sure: whether it is proved; else it is not known.
        why: what is not known.
        actions: those that were asked.
        rules: where it is written.
        origins: the statements, as the proofs know them.
    """

    source: str
    target: str
    verbs: tuple[str, ...]
    scope: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    sure: bool = True
    why: str = ""
    actions: tuple[str, ...] = ()
    rules: tuple[Where, ...] = ()
    origins: tuple[Origin, ...] = ()

    @property
    def what(self) -> str:
        """The verbs, with the first part of the resource."""
        more = f" +{len(self.scope) - 1}" if len(self.scope) > 1 else ""
        return ", ".join(self.verbs) + (f" {self.scope[0]}{more}" if self.scope else "")


@dataclass
class AccountFacts:
    """The principals and resources of one configuration.

    Args:
        name: of the configuration.
        region: where its provider works; empty if that is not known.
        callers: by key.
        roles: by key.
        holders: by key.
        assumptions: who assumes which role.
        grants: who may do what.
        counted: what is not drawn, with its number.
        unknown: what could not be decided, a phrase each, with its number.
        resources: how many resources there are in all.
    """

    name: str
    region: str = ""
    callers: dict[str, Caller] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    holders: dict[str, Holder] = field(default_factory=dict)
    assumptions: list[Assumption] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    counted: dict[str, int] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)
    resources: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not (self.roles or self.grants or self.callers)

    @property
    def open_questions(self) -> list[str]:
        """Why each line that is not known is not."""
        found = [held.why for held in self.assumptions if not held.sure]
        return found + [held.why for held in self.grants if not held.sure]

    def label(self, key: str) -> str:
        """The name of a caller or role."""
        return self.callers[key].label if key in self.callers else self.roles[key].label

    def is_loose(self, held: Assumption) -> bool:
        """Whether a principal from outside may assume a role under no condition, or under one with a wildcard."""
        loose = not held.words or any("*" in word for word in held.words)
        return held.sure and loose and self.kind(held.caller) == "outside"

    def way_in(self, role: str) -> str:
        """How anyone comes to a role that no trust policy opens to anyone; empty where none does."""
        direct = any(
            held.sure and held.role == role and self.kind(held.caller) == "anyone" for held in self.assumptions
        )
        return "reachable by anyone" if self.roles[role].exposed and not direct else ""

    def kind(self, key: str) -> str:
        """The kind of a caller; `role` for a role."""
        return self.callers[key].kind if key in self.callers else "role"


@dataclass
class TrustFacts:
    """All accounts of a trust map.

    Args:
        name: of what was read.
        accounts: one for each configuration.
    """

    name: str
    accounts: list[AccountFacts]


_LOOKS = {"anyone": "exposed", "outside": "other", "service": "aws"}


def look_of(kind: str, *, sure: bool = True, verbs: Iterable[str] = ()) -> str:
    """The class of a line: by who it comes from, unless it grants everything or is not known."""
    if not sure:
        return "route"
    return "exposed" if EVERYTHING in verbs else _LOOKS.get(kind, "allow")
