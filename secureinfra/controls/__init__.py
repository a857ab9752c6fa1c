"""The controls: one file per service, and the catalogue of who else demands each."""

from secureinfra.controls import kms
from secureinfra.controls.control import Control, Keeps, every, find

__all__ = ["Control", "Keeps", "every", "find", "kms"]
