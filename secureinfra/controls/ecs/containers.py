"""The containers of an ECS task definition, which it holds as JSON text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from secureinfra.controls.verdict import Failure, each
from secureinfra.terraform.unknown import Unknown, UnknownValueError, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block

_ARGUMENT = "container_definitions"


@dataclass(frozen=True)
class Container:
    """One container.

    Args:
        written: its definition; an `Unknown` if it is not known.
        at: its path: `container_definitions[0]`.
    """

    written: Any
    at: str

    @property
    def name(self) -> str:
        """Its name in messages."""
        name = self.get("name") if not is_unknown(self.written) else None
        return f"container {name}" if isinstance(name, str) else "a container"

    def get(self, path: str) -> Any:
        """The value of a setting; `None` if missing, an `Unknown` if unknown.

        Args:
            path: names as in ECS, divided by dots: `logConfiguration.logDriver`. Upper and lower case match, as for the
                provider.
        """
        held = self.written
        for name in path.split("."):
            if is_unknown(held):
                return held
            held = _member(held, name)
        return held


def containers_of(task: Block) -> list[Container]:
    """The containers of a task definition.

    Raises:
        UnknownValueError: nothing is known of them, or they are not JSON.
    """
    from secureinfra.terraform.model.json_argument import decoded  # noqa: PLC0415 - the emitting wing needs none of it

    value = task.get(_ARGUMENT)
    held = value if value is None or isinstance(value, list) else decoded(value)
    if not isinstance(held, list | None):
        raise UnknownValueError(Unknown(f"({_ARGUMENT}, which is not a list)"))
    return [Container(one, f"{_ARGUMENT}[{position}]") for position, one in enumerate(held or ())]


def each_container(task: Block, judge: Callable[[Container], Iterator[Failure]]) -> Iterator[Failure]:
    """The failures of every container; an unknown one does not hide others.

    Raises:
        UnknownValueError: as for `each`; the error shows references but not the text, which may hold secrets.
    """
    try:
        yield from each(containers_of(task), judge)
    except UnknownValueError as error:
        references = error.value.references
        text = " ".join(f"${{{reference}}}" for reference in references) or "(unknown text)"
        raise UnknownValueError(Unknown(text, references)) from None


def is_windows(task: Block) -> bool:
    """Whether its containers run on Windows, which has neither a read-only root file system nor Linux users."""
    return bool(task.get("runtime_platform.operating_system_family", "LINUX").startswith("WINDOWS"))


def _member(held: Any, name: str) -> Any:
    if not isinstance(held, Mapping):
        return None
    if name in held:
        return held[name]
    return next((value for key, value in held.items() if key.lower() == name.lower()), None)
