"""A scope as a configuration offers it: blocks that answer attribute by attribute."""

from __future__ import annotations

from typing import Any

from secureinfra.terraform.unknown import Unknown


class Block(dict[str, Any]):
    """A resource: what is written is known, all else is a reference."""

    def __init__(self, address: str, **written: Any) -> None:
        super().__init__(written)
        self.address = address

    def __missing__(self, name: str) -> Any:
        return reference(f"{self.address}.{name}")


class Declared(dict[str, Any]):
    """What is declared under a root name; nothing else exists."""

    def __missing__(self, name: str) -> Any:
        raise KeyError(name)


def reference(text: str) -> Unknown:
    """A traversal that nobody knows the value of."""
    return Unknown(f"${{{text}}}", (text,))


SCOPE: dict[str, Any] = {
    "aws_kms_key": Declared(k=Block("aws_kms_key.k", description="a key")),
    "aws_subnet": Declared(
        many=[Block("aws_subnet.many[0]", az="a"), Block("aws_subnet.many[1]", az="b")],
        each={"x": Block('aws_subnet.each["x"]', az="a"), "y": Block('aws_subnet.each["y"]', az="b")},
    ),
    "var": Declared(name="app", tags={"team": "core"}, open=reference("var.open"), list=reference("var.list")),
    "local": Declared(arn=Unknown("arn:${aws_kms_key.k.id}/*", ("aws_kms_key.k.id",)), ports=[80, 443], none=None),
}
