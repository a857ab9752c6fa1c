"""A value that only Terraform or AWS will know: it is never equal to anything, so no check passes on it by accident."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NoReturn, TypeVar

from secureinfra.errors import SecureInfraError

T = TypeVar("T")


class UnknownValueError(SecureInfraError):
    """A question was put to a value that is not known; what runs checks answers it with the verdict `unknown`."""

    def __init__(self, value: Unknown) -> None:
        super().__init__(f"{value.text} is not known before Terraform runs.")
        self.value = value


class Unknown:
    """A value that cannot be known statically.

    Comparing it, asking for its truth, its length or its parts raises `UnknownValueError`: what is not known can
    neither meet nor break anything. `is_unknown` asks without raising.

    Args:
        text: the value as Terraform would write it, known parts filled in: `${aws_kms_key.k.arn}`,
            `arn:aws:s3:::${aws_s3_bucket.b.id}/*`, `(known after apply)`.
        references: what it depends on, as absolute traversals without `${}`: `aws_kms_key.k.arn`, `var.key`,
            `module.m.data.aws_region.r.id`, `aws_subnet.s["a"].id`.
        doubt: `counted` for a part of a resource whose number is not known, `tried` where something else
            takes its place if there is none.
    """

    __slots__ = ("doubt", "references", "text")

    def __init__(self, text: str, references: Iterable[str] = (), doubt: str = "") -> None:
        self.text = text
        self.references = tuple(references)
        self.doubt = doubt

    @property
    def reference(self) -> str | None:
        """The one traversal that the whole value is, e.g. `aws_kms_key.k.arn`; `None` for any other expression."""
        whole = len(self.references) == 1 and self.text == f"${{{self.references[0]}}}"
        return self.references[0] if whole else None

    def __repr__(self) -> str:
        return f"Unknown({self.text!r})"

    def _refuse(self, *_: Any) -> NoReturn:
        raise UnknownValueError(self)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Unknown) or self.text != other.text:
            raise UnknownValueError(self)
        return True

    def __hash__(self) -> int:
        return hash(self.text)

    def __str__(self) -> str:
        raise UnknownValueError(self)

    def __format__(self, format_spec: str) -> str:
        raise UnknownValueError(self)

    def __bool__(self) -> bool:
        raise UnknownValueError(self)

    def __iter__(self) -> Iterator[Any]:
        self._refuse()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        self._refuse()

    __len__ = __contains__ = __getitem__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = __add__ = __radd__ = __int__ = __float__ = _refuse


def is_unknown(value: object) -> bool:
    """Whether a value is not known; a list or an object counts as known though its parts may not be."""
    return type(value) is Unknown


def text_of(value: Any) -> str:
    """A value as text, with whatever is not known in it as Terraform writes it: `${aws_vpc.v.id}`."""
    return value.text if type(value) is Unknown else str(value)


def is_given(value: Any) -> bool:
    """Whether a value is more than nothing: no null, no empty string, list or object.

    Raises:
        UnknownValueError: it may turn out to be null.
    """
    if not is_unknown(value):
        return value not in (None, "", [], {})
    whole = value.text.startswith("${") and value.text.endswith("}")
    if whole and not is_reference_to_resource(value):
        raise UnknownValueError(value)
    return True


def is_reference_to_resource(value: object) -> bool:
    """Whether a value is one attribute of a resource or data source, which is there though its value is not known yet."""
    if not is_unknown(value):
        return False
    reference: str | None = value.reference  # type: ignore[attr-defined]
    if reference is None:
        return False
    parts = [part for part in reference.split(".") if part]
    while parts and parts[0] == "module":
        parts = parts[2:]
    return (
        bool(parts)
        and parts[0] not in ("var", "local", "each", "count", "self", "path", "terraform")
        and len(parts) > 1
    )


def unknowns(value: Any) -> Iterator[Unknown]:
    """Every unknown value within lists and objects, the value itself included."""
    if type(value) is Unknown:
        yield value
    elif isinstance(value, dict):
        for held in value.values():
            yield from unknowns(held)
    elif isinstance(value, list | tuple):
        for held in value:
            yield from unknowns(held)


def any_of(items: Iterable[T], test: Callable[[T], object]) -> bool:
    """Whether a test holds for some item; one that is not known does not hide another that meets it.

    Raises:
        UnknownValueError: none is sure to meet it, and one may.
    """
    unknown: UnknownValueError | None = None
    for item in items:
        try:
            if test(item):
                return True
        except UnknownValueError as error:
            unknown = unknown or error
    if unknown is not None:
        raise unknown
    return False
