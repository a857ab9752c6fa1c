"""Which events a trail records, from basic and advanced selectors."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from secureinfra.controls.shared.arguments import is_set, is_true
from secureinfra.terraform.unknown import UnknownValueError, any_of, is_reference_to_resource, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node

Kind = Literal["read", "write"]
KINDS: tuple[Kind, ...] = ("read", "write")

_BASIC = {"read": ("All", "ReadOnly"), "write": ("All", "WriteOnly")}
_READ_ONLY = {"read": "true", "write": "false"}
_PARTITION = r"arn:(aws[a-z-]*|\$\{[^{}]*\}):"
# docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DataResource.html: an ARN without a name matches all.
_EVERY = {
    "AWS::S3::Object": re.compile(_PARTITION + r"s3(:::)?"),
    "AWS::Lambda::Function": re.compile(_PARTITION + "lambda"),
}
_BEGINNINGS = {
    "AWS::S3::Object": ("aws:s3:::", "aws-cn:s3:::", "aws-us-gov:s3:::"),
    "AWS::Lambda::Function": ("aws:lambda:", "aws-cn:lambda:", "aws-us-gov:lambda:"),
}


def records_management(trail: Block, kind: Kind) -> bool:
    """Whether a trail records every management event of a kind; without selectors it does."""
    basic, advanced = trail.blocks("event_selector"), trail.blocks("advanced_event_selector")
    if not basic and not advanced:
        return True
    return any_of(basic, lambda node: _is_basic_management(node, kind)) or any_of(
        advanced, lambda node: _lets_all_pass(node, kind, "Management", "")
    )


def records_data(trail: Block, kind: Kind, type: str) -> bool:
    """Whether a trail records every data event of a kind on all resources of a type, e.g. `AWS::S3::Object`.

    A resource excluded by `not_starts_with`, such as the trail's own bucket, is excluded on purpose.
    """
    return any_of(trail.blocks("event_selector"), lambda node: _is_basic_data(node, kind, type)) or any_of(
        trail.blocks("advanced_event_selector"), lambda node: _lets_all_pass(node, kind, "Data", type)
    )


def _is_basic_management(selector: Node, kind: Kind) -> bool:
    return (
        is_true(selector.get("include_management_events", True))
        and selector.get("read_write_type", "All") in _BASIC[kind]
        and not is_set(selector.get("exclude_management_event_sources"))
    )


def _is_basic_data(selector: Node, kind: Kind, type: str) -> bool:
    def is_every(resource: Node) -> bool:
        return resource.get("type") == type and any_of(
            _listed(resource.get("values")), lambda arn: _is_every(arn, type)
        )

    return selector.get("read_write_type", "All") in _BASIC[kind] and any_of(selector.blocks("data_resource"), is_every)


def _lets_all_pass(selector: Node, kind: Kind, category: str, type: str) -> bool:
    tests: dict[str, Callable[[Node], bool]] = {
        "eventCategory": lambda field: category in _listed(field.get("equals")),
        "resources.type": lambda field: type in _listed(field.get("equals")),
        "readOnly": lambda field: _READ_ONLY[kind] in _listed(field.get("equals")),
        "resources.ARN": lambda field: _names_every(field, type),
    }
    fields = [(_known(field.get("field")), field) for field in selector.blocks("field_selector")]
    names = {name for name, _ in fields}
    demanded = {"eventCategory", "resources.type"} if type else {"eventCategory"}
    # Any other field, such as eventName or eventSource, selects only some events.
    return demanded <= names <= tests.keys() and all(tests[name](field) for name, field in fields)


def _names_every(field: Node, type: str) -> bool:
    if any(is_set(field.get(name)) for name in ("equals", "ends_with", "not_ends_with")):
        return False
    if any_of(_listed(field.get("not_starts_with")), lambda arn: _is_every(arn, type, beginning=True)):
        return False
    starts = field.get("starts_with")
    return not is_set(starts) or any_of(_listed(starts), lambda arn: _is_every(arn, type))


def _is_every(arn: Any, type: str, *, beginning: bool = False) -> bool:
    """Whether an ARN stands for every resource of a type.

    Args:
        arn: as it is written.
        type: of the resources.
        beginning: the ARN is only a beginning, as of `not_starts_with`: a shorter one stands for more.
    """
    if not is_unknown(arn):
        shorter = beginning and any(f"arn:{rest}".startswith(str(arn)) for rest in _BEGINNINGS[type])
        return shorter or _EVERY[type].fullmatch(str(arn)) is not None
    if _EVERY[type].fullmatch(arn.text):
        return True
    # The ARN of one resource, or one built from parts, selects some resources.
    if is_reference_to_resource(arn) or arn.text.startswith("arn:") or "}/" in arn.text:
        return False
    raise UnknownValueError(arn)


def _known(value: Any) -> str:
    if is_unknown(value):
        raise UnknownValueError(value)
    return str(value)


def _listed(value: Any) -> list[Any]:
    if is_unknown(value):
        raise UnknownValueError(value)
    return value if isinstance(value, list) else [] if value is None else [value]
