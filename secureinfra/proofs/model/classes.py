"""Whether a resource type can let others use something, and whether the model knows how: `classes.tsv`."""

from __future__ import annotations

import functools
import pkgutil
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block

__all__ = ["Class", "class_of", "classes", "may_allow"]

_NEW_TABLES = "create_table_default_permission"


class Class(NamedTuple):
    """What is known of a type.

    Args:
        kind: `modelled`; `none` where it lets no one use anything; `unknown` where it may.
        why: for `unknown` the arguments by which it may, for `none` why its arguments do not.
    """

    kind: Literal["modelled", "none", "unknown"]
    why: str = ""


@functools.cache
def classes() -> dict[str, Class]:
    """All types of both provider majors."""
    text = (pkgutil.get_data("secureinfra.proofs.model", "classes.tsv") or b"").decode()
    found = {}
    for line in text.splitlines():
        type, kind, *why = line.split("\t")
        found[type] = Class(kind, *why)  # type: ignore[arg-type]
    return found


def may_allow(block: Block) -> str:
    """The argument by which a block may let others use something in a way that is not modelled; empty where none is written.

    Args:
        block: a resource.
    """
    held = class_of(block.type)
    if held.kind != "unknown" or _leaves_it_to_iam(block):
        return ""
    written = (name for name in held.why.split(",") if name in block.raw or "dynamic" in block.raw)
    return next(written, "") if block.type in classes() else held.why


def _leaves_it_to_iam(block: Block) -> bool:
    """Whether new tables of a Glue database belong to Lake Formation's group of all principals, so that policies of IAM alone decide.

    docs.aws.amazon.com/lake-formation/latest/dg/upgrade-glue-lake-formation-background.html
    """
    given = block.blocks(_NEW_TABLES) if block.type == "aws_glue_catalog_database" else []
    principals = [one.get("principal.data_lake_principal_identifier") for one in given]
    return bool(given) and all(isinstance(one, str) and one == "IAM_ALLOWED_PRINCIPALS" for one in principals)


def class_of(type: str) -> Class:
    """The class of a type; one that no provider schema has is unknown, unless it is of another provider."""
    if not type.startswith("aws_"):
        return Class("none", "it is of another provider")
    return classes().get(type, Class("unknown", "its type, which the packaged schemas do not have"))
