"""CloudTrail trails with their log group and role: `SecureTrail`, which delivers to a `LogBucket`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from secureinfra.adopt.candidate import Candidate, Part, part_of
from secureinfra.adopt.existing import Estate, Existing, Unfit
from secureinfra.adopt.kinds.keys import key_of_arn
from secureinfra.adopt.source import Call
from secureinfra.facts.retention import A_YEAR

# All resources of a type: docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DataResource.html
_ALL = re.compile(r"arn:[a-z-]+:[a-z0-9]+(:::?)?")


def candidate(estate: Estate, trail: Existing) -> Candidate:
    """The `SecureTrail` for a trail.

    Raises:
        Unfit: its bucket is elsewhere, or it records or delivers what the construct does not.
    """
    bucket = estate.one("aws_s3_bucket", "bucket", trail.get("s3_bucket_name"))
    if bucket is None:
        raise Unfit(
            f"its bucket {trail.values.get('s3_bucket_name')} is not in this state: SecureTrail delivers to a bucket of the same project"
        )
    _refuse_other_kinds(estate, trail)
    key = key_of_arn(estate, trail.get("kms_key_id"))
    group = estate.one("aws_cloudwatch_log_group", "arn", _without_star(trail.get("cloud_watch_logs_group_arn", "")))
    role = estate.one("aws_iam_role", "arn", trail.get("cloud_watch_logs_role_arn"))
    config: dict[str, Any] = {"name": str(trail.get("name"))}
    if trail.get("is_organization_trail"):
        config["organization_id"] = _organization(estate, bucket)
    if events := tuple(_data_events(trail)):
        config["data_events"] = events
    if trail.get("insight_selector"):
        config["insights"] = True
    parts: dict[str, Part] = {"trail": part_of(trail)}
    calls: list[Call] = []
    if group:
        parts["events/log-group"] = part_of(group)
        config["log_group_name"] = str(group.get("name"))
        days = group.get("retention_in_days", 0)
        if days == 0 or days > A_YEAR:
            config["log_group_retention_days"] = days
    if role:
        _take_role(estate, role, parts, calls)
    if tags := trail.get("tags"):
        config["tags"] = dict(tags)
    return Candidate(
        trail,
        "trail",
        "SecureTrail",
        Call("TrailConfig", named=config),
        {**({"key": key} if key else {}), "log_bucket": bucket},
        tuple(calls),
        parts,
        needs=tuple(one.address for one in (key, bucket) if one),
        notes=tuple(_notes(trail, key, group)),
    )


def _take_role(estate: Estate, role: Existing, parts: dict[str, Part], calls: list[Call]) -> None:
    """The role that delivers to CloudWatch Logs, under the name that it has, with its inline policy if it has one only."""
    name = str(role.get("name", role.id))
    parts["delivery/role"] = part_of(role)
    path = role.get("path", "/")
    calls += [
        Call("delivery_role.role.add_override", ("name", name)),
        Call("delivery_role.role.add_override", ("name_prefix", None)),
        *((Call("delivery_role.role.add_override", ("path", path)),) if path != "/" else ()),
    ]
    inline = estate.with_value("aws_iam_role_policy", "role", name)
    if len(inline) == 1:
        parts["delivery/permissions"] = part_of(inline[0])
        calls.append(Call("delivery_role.inline.add_override", ("name", str(inline[0].get("name")))))


def _notes(trail: Existing, key: Existing | None, group: Existing | None) -> Iterator[str]:
    if key is None:
        given = trail.values.get("kms_key_id")
        instead = f"instead of {given}" if given else "from now on"
        yield f"new log files are encrypted with a key of its own {instead}: what reads them needs kms:Decrypt on it: use grant_read"
    if group is None and (arn := trail.values.get("cloud_watch_logs_group_arn")):
        yield f"events go to a log group of its own instead of {arn}: its alarms move there"
    if not trail.get("is_multi_region_trail"):
        yield "it records all regions from now on"


def _refuse_other_kinds(estate: Estate, trail: Existing) -> None:
    if (home := trail.get("home_region")) and home != estate.region:
        raise Unfit(f"its home is {home}: adopt that region by itself, with --region {home}")
    for name, what in (
        ("sns_topic_name", "notifies a topic of each file"),
        ("s3_key_prefix", "delivers below a prefix"),
    ):
        if given := trail.get(name):
            raise Unfit(f"it {what} ({given}), which SecureTrail does not: files or messages would go elsewhere")


def _organization(estate: Estate, bucket: Existing) -> str:
    policy = estate.one("aws_s3_bucket_policy", "bucket", bucket.id)
    found = re.search(r"AWSLogs/(o-[a-z0-9]+)/", str((policy or bucket).get("policy", "")))
    if found is None:
        raise Unfit("it is an organization's trail, and no bucket policy in this state names the organization")
    return found[1]


def _data_events(trail: Existing) -> Iterator[Call]:
    for selector in trail.get("event_selector", ()):
        for held in selector.get("data_resource") or ():
            kind = str(held.get("type"))
            starts = tuple(str(one) for one in held.get("values") or () if not _ALL.fullmatch(str(one)))
            reads = {"ReadOnly": True, "WriteOnly": False}.get(str(selector.get("read_write_type")))
            yield _events(kind, kind, reads, starts if len(starts) == len(held.get("values") or ()) else ())
    for selector in trail.get("advanced_event_selector", ()):
        yield from _advanced(selector)


def _advanced(selector: Mapping[str, Any]) -> Iterator[Call]:
    fields = {str(one.get("field")): one for one in selector.get("field_selector") or ()}
    category = _only(fields.get("eventCategory", {}), "equals")
    if category == "Management":
        return
    name = str(selector.get("name") or _only(fields.get("resources.type", {}), "equals"))
    known = {"eventCategory", "resources.type", "readOnly", "resources.ARN"}
    arns = {key: value for key, value in fields.get("resources.ARN", {}).items() if value and key != "field"}
    if category != "Data" or set(fields) - known or set(arns) - {"starts_with", "not_starts_with"}:
        raise Unfit(f"its event selector {name!r} selects by what SecureTrail does not")
    reads = {"true": True, "false": False}.get(_only(fields.get("readOnly", {}), "equals"))
    yield _events(name, _only(fields["resources.type"], "equals"), reads, tuple(arns.get("starts_with") or ()))


def _events(name: str, type: str, read_only: bool | None, starts: tuple[str, ...]) -> Call:
    named: dict[str, Any] = {"name": name, "resource_type": type}
    if read_only is not None:
        named["read_only"] = read_only
    if starts:
        named["arns_starting_with"] = starts
    return Call("DataEvents", named=named)


def _only(field: Mapping[str, Any], operator: str) -> str:
    values: list[Any] = field.get(operator) or []
    return str(values[0]) if len(values) == 1 else ""


def _without_star(arn: str) -> str:
    return arn.removesuffix(":*")
