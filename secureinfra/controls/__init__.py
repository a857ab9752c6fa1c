"""The controls by service, loaded on demand, and the catalogue of frameworks and scanners that require each."""

from secureinfra.controls.control import Control, Keeps
from secureinfra.controls.registry import every, find, services

__all__ = ["Control", "Keeps", "every", "find", "services"]
