"""Other values for the settings of a configuration, one setting at a time."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic.fields import FieldInfo

from secureinfra import (
    AccountCreation,
    AccountTakeover,
    AccountTrust,
    AlarmTuning,
    ArchiveFilter,
    ArchiveRule,
    DataEvents,
    FirewallRule,
    Statement,
    Transition,
    Waiver,
)
from secureinfra.config.config import Config, refusals_of, refused
from secureinfra.config.rule import Choice, Range, Rule

# Settings that say nothing about resources: what a waiver permits is another setting, and what is adopted is there already.
_OF_CONFIG = {"adopt", "waivers"}

# Texts that one or another setting accepts; each gets the first that fits its rules.
_TEXTS = (
    *("eu-west-1", "us-west-2", "222233334444", "o-a1b2c3d4e5", "Z0123456789ABCDEFGHIJ", "E0123456789ABC"),
    *("10.77.0.0/16", "10.77.0.0/24", "2001:db8:77::/56", "api.second.example.com", "second@example.com"),
    *("arn:aws:iam::111122223333:role/second", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
    *("arn:aws:s3:::acme-second", "arn:aws:kms:eu-west-1:111122223333:key/12345678-1234-1234-1234-123456789012"),
    *(
        "arn:aws:acm:us-east-1:111122223333:certificate/22345678-1234-1234-1234-123456789012",
        "https://second.example.com",
    ),
    *("vpce-0a1b2c3d4e5f60718", "vpc-0a1b2c3d4e5f60719", "subnet-0a1b2c3d4e5f60719", "sg-0a1b2c3d4e5f60719"),
    *("acme-second", "second", "/second", "/second/", "SECOND", "refs/heads/second", "acme/second", "DE", "1", "*"),
)
# Values of settings whose type does not say what fits, by their names.
_NAMED: Mapping[str, tuple[Any, ...]] = {
    "subscribers": (("second@example.com",),),
    "zones": (2, 4, ("a", "b")),
    "endpoints": (("sts",), ("sts", "logs"), ()),
    "endpoints_without_policy": (("sts",),),
    "secondary_cidrs": (("100.64.0.0/16",),),
    "subnet_cidrs": ({"private-a": "10.20.248.0/24"},),
    "log_group_name": ("/second",),
    "ipam_pool_id": ("ipam-pool-0a1b2c3d4e5f60719",),
    "managed_rule_groups": (("ThreatSignaturesBotnetStrictOrder",),),
    "administered": (("cloudtrail",), ("config",)),
    "regions": ((), ("us-east-1", "eu-west-1")),
    "blocked_domain_list_ids": (("rslvr-fdl-0a1b2c3d4e5f60",),),
    "domain_names": (("second.example.com",),),
    "statements": ((Statement(actions=("s3:GetObject",), resources=("arn:aws:s3:::acme-second/*",)),),),
    "plan_statements": ((Statement(actions=("s3:GetObject",), resources=("arn:aws:s3:::acme-second/*",)),),),
    "apply_statements": ((Statement(actions=("s3:GetObject",), resources=("arn:aws:s3:::acme-second/*",)),),),
    "data_events": ((DataEvents(name="objects", resource_type="AWS::S3::Object"),),),
    "archive_rules": (
        {"second": ArchiveRule(filters=(ArchiveFilter(criteria="resource", eq=("arn:aws:s3:::acme",)),))},
    ),
    "alarm_tuning": ({"root-usage": AlarmTuning(threshold=2)}, {"root-usage": AlarmTuning(paged=False)}),
    "tuning": ({"root-usage": AlarmTuning(threshold=2)}, {"root-usage": AlarmTuning(paged=False)}),
    "transitions": ((Transition(storage_class="GLACIER_IR", days=10),),),
    "rules": ((FirewallRule(name="db", protocol="TCP", destination="10.9.0.0/16", ports="5432"),),),
    "overrides": ({"AWSManagedRulesCommonRuleSet": {"NoUserAgent_HEADER": "count"}},),
    "account_takeover": (AccountTakeover(login_path="/login", username_field="/user", password_field="/word"),),
    "account_creation": (
        AccountCreation(
            registration_page_path="/join",
            creation_path="/join",
            username_field="/user",
            password_field="/word",
            email_field="/mail",
        ),
    ),
    "support": (AccountTrust(account_id="222233334444", external_id="acme-42"),),
    "instance_type": ("t4g.large", "t3.small"),
    "egress": (({"port": 443, "cidr": "10.9.0.0/16"},),),
}


def varied(config: Config, field: str) -> Iterator[Config]:
    """Configurations with other values of a setting, and the waivers that they need; not all can be built.

    Args:
        config: the configuration as it is.
        field: the setting.
    """
    now, found = getattr(config, field), list[Any]()
    for value in others(type(config).model_fields[field], now, field):
        if value == now or value in found:
            continue
        changed = with_value(config, field, value)
        if changed is not None:
            found.append(value)
            yield changed


def with_value(config: Config, field: str, value: Any, waivers: tuple[str, ...] = ()) -> Config | None:
    """A configuration with another value, and with waivers for what that breaks; `None` if it is refused all the same."""
    given = {name: getattr(config, name) for name in config.model_fields_set if name != "waivers"}
    held = {one.control: one for one in config.waivers}
    for _ in range(4):
        held |= {id: waiver(id) for id in waivers if id not in held}
        changed: Any = type(config)(**{**given, field: value, "waivers": tuple(held.values())})
        if not refused(changed):
            return changed  # type: ignore[no-any-return]
        waivers = tuple(one.control for one in refusals_of(changed) if one.control and one.control not in held)
        if not waivers:
            return None
    return None


def waiver(control: str) -> Waiver:
    return Waiver(control=control, reason="what happens then", owner="tests", until="2099-12-31")


def settings(config: Config) -> Iterator[str]:
    """The settings of a configuration that are varied."""
    return (name for name in type(config).model_fields if name not in _OF_CONFIG)


def others(field: FieldInfo, now: Any, name: str) -> Iterator[Any]:
    """Values that a setting may accept, the most telling ones first."""
    yield from _NAMED.get(name, ())
    yield from _of(field.annotation, tuple(field.metadata), now, name)


def _of(annotation: Any, rules: tuple[Any, ...], now: Any, name: str) -> Iterator[Any]:
    origin = typing.get_origin(annotation)
    arguments = typing.get_args(annotation)
    if origin is typing.Annotated:
        more = tuple(rule for one in arguments[1:] for rule in (one, *getattr(one, "metadata", ())))
        yield from _of(arguments[0], (*more, *rules), now, name)
    elif origin in (typing.Union, types.UnionType):
        for one in arguments:
            yield from _of(one, rules, now, name)
    elif origin is typing.Literal:
        yield from arguments
    elif origin is tuple:
        yield from _lists(arguments[0], now, name)
    elif origin in (dict, Mapping):
        yield from _mappings(arguments, name)
    elif isinstance(annotation, type) and issubclass(annotation, Config):
        yield from _configs(annotation)
    else:
        yield from _simple(annotation, rules, now)


def _simple(annotation: Any, rules: tuple[Any, ...], now: Any) -> Iterator[Any]:
    if annotation is type(None):
        yield None
    elif annotation is bool:
        yield not now
    elif annotation is int:
        yield from _numbers(rules, now)
    elif annotation is str:
        yield from (rule.example for rule in rules if isinstance(rule, Rule) and rule.example is not None)
        yield from (value for rule in rules if isinstance(rule, Choice) for value in rule.values)
        yield from _TEXTS


def _numbers(rules: tuple[Any, ...], now: Any) -> Iterator[int]:
    for rule in rules:
        if isinstance(rule, Choice):
            yield from (value for value in rule.values if isinstance(value, int))
            return
    if isinstance(now, int):
        yield from (now * 2, now + 1, now - 1)
    for rule in rules:
        if isinstance(rule, Range):
            yield from (rule.low, rule.high)
    yield from (1, 30, 443)


def _lists(item: Any, now: Any, name: str) -> Iterator[Any]:
    held = now if isinstance(now, tuple) else ()
    for value in _of(item, (), None, name):
        if value not in held:
            yield (*held, value)
            yield (value,)
    if held:
        yield ()
        yield held[:-1]


def _mappings(arguments: tuple[Any, ...], name: str) -> Iterator[Any]:
    for key in _of(arguments[0], (), None, name):
        yield from ({key: value} for value in _first(_of(arguments[1], (), None, name), 1))


def _configs(kind: type[Config]) -> Iterator[Config]:
    """The simplest configurations of a kind: the first accepted values of what it requires."""
    required = [name for name, field in kind.model_fields.items() if field.is_required()]
    chosen: dict[str, Any] = {}
    for name in required:
        for value in _first(others(kind.model_fields[name], None, name), 80):
            tried: Any = kind(**{**chosen, name: value})
            wrong = {one.path[0] for one in refusals_of(tried) if one.path} if refused(tried) else set()
            if name not in wrong:
                chosen[name] = value
                break
    made: Any = kind(**chosen)
    if not refused(made):
        yield made
    else:
        refusals_of(made)


def _first(values: Iterator[Any], count: int) -> Iterator[Any]:
    for _, value in zip(range(count), values, strict=False):
        yield value
