"""The names of this package for type checkers and editors."""

from secureinfra.proofs.theorems.invariants import access_only as access_only
from secureinfra.proofs.theorems.invariants import no_access as no_access
from secureinfra.proofs.theorems.invariants import no_escalation as no_escalation
from secureinfra.proofs.theorems.invariants import no_wider_than as no_wider_than
from secureinfra.proofs.theorems.paths import no_path as no_path

__all__: tuple[str, ...]
