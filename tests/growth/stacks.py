"""Stacks that grow: each construct and blueprint by default, and with one setting or argument given later."""

from __future__ import annotations

import functools
import inspect
import itertools
import re
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import secureinfra
from secureinfra import (
    AwsProvider,
    AwsProviderConfig,
    Database,
    DatabaseCluster,
    DatabaseClusterConfig,
    DatabaseConfig,
    DatabaseProxy,
    DatabaseProxyConfig,
    Distribution,
    DistributionConfig,
    GeneratedPassword,
    GitHubActionsRoles,
    GitHubActionsRolesConfig,
    GitHubRepository,
    GlobalDatabase,
    GlobalDatabaseConfig,
    LoadBalancerConfig,
    LogBucket,
    NetworkFirewall,
    NetworkFirewallConfig,
    NetworkLoadBalancer,
    NetworkLoadBalancerConfig,
    QueryLog,
    QueryLogConfig,
    RegionBaseline,
    RegionBaselineConfig,
    Secret,
    SecretConfig,
    SecureBucket,
    SecureKey,
    SecureLoadBalancer,
    SecureTopic,
    SecureVpc,
    StateBackend,
    StateBackendConfig,
    VpcConfig,
    meets,
)
from secureinfra.config.config import Config
from secureinfra.errors import ConfigError, ControlError
from secureinfra.modules.entries.constructs import CONSTRUCTS, WITHIN
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.testing import configuration_of, test_stack
from tests.growth.values import settings, varied, waiver, with_value

_CERTIFICATE = "arn:aws:acm:{region}:111122223333:certificate/12345678-1234-1234-1234-123456789012"
Build = Callable[..., Any]


def _network(stack: Any, *more: Any) -> SecureVpc:
    tiers = ("public", "private", "isolated", *more)
    return SecureVpc(stack, "network", VpcConfig(cidr="10.20.0.0/16", tiers=tiers, nat="single"))


def _delivery(stack: Any, config: GitHubActionsRolesConfig) -> None:
    about = StateBackendConfig(bucket="acme-state", region="eu-central-1", account_id="111122223333")
    GitHubActionsRoles(stack, "main", config, state=StateBackend(stack, "state", about))


def _distribution(stack: Any, config: DistributionConfig, **more: Any) -> None:
    edge = AwsProvider(stack, "edge", AwsProviderConfig(region="us-east-1", alias="edge"))
    given = {"certificate": _CERTIFICATE.format(region="us-east-1"), "provider": edge, **more}
    Distribution(stack, "main", config, origin=SecureBucket(stack, "site"), **given)


def _proxy(stack: Any, config: DatabaseProxyConfig, **more: Any) -> None:
    about = DatabaseConfig(engine="postgres", engine_version="17")
    waived = SecretConfig(
        generated=GeneratedPassword(fields={"username": "shop"}), rotation=None, waivers=(waiver("secret-rotated"),)
    )
    database = Database(stack, "database", about, vpc=_network(stack))
    DatabaseProxy(stack, "main", config, database=database, secrets=[Secret(stack, "user", waived)], **more)


def _worldwide(stack: Any, config: GlobalDatabaseConfig, **more: Any) -> None:
    about = DatabaseClusterConfig(engine="aurora-postgresql", engine_version="17", instance_class="db.r8g.large")
    primary = DatabaseCluster(stack, "primary", about, vpc=_network(stack), password="${var.owner_password}")
    GlobalDatabase(stack, "main", config, primary=primary, **more)


# What stands in no module, since it needs another construct.
def _connections(stack: Any, config: Any, **more: Any) -> None:
    balancer = NetworkLoadBalancer(stack, "main", config, vpc=_network(stack), **more)
    # Where clients of an endpoint service come from.
    balancer.allow_from("10.60.0.0/16")


_WITH_OTHERS: Mapping[str, tuple[Build, Config]] = {
    "DatabaseProxy": (_proxy, DatabaseProxyConfig()),
    "Distribution": (_distribution, DistributionConfig()),
    "GlobalDatabase": (_worldwide, GlobalDatabaseConfig()),
    "GitHubActionsRoles": (
        _delivery,
        GitHubActionsRolesConfig(repositories=(GitHubRepository(name="acme/shop"),)),
    ),
    "NetworkFirewall": (
        lambda stack, config, **more: NetworkFirewall(stack, "main", config, vpc=_network(stack, "firewall"), **more),
        NetworkFirewallConfig(allowed_domains=("api.partner.example",)),
    ),
    "NetworkLoadBalancer": (_connections, NetworkLoadBalancerConfig()),
    "QueryLog": (
        lambda stack, config, **more: QueryLog(stack, "main", config, vpc=_network(stack), **more),
        QueryLogConfig(),
    ),
    "RegionBaseline": (lambda stack, config: RegionBaseline(stack, "main", config), RegionBaselineConfig()),
    "SecureLoadBalancer": (
        lambda stack, config, **more: SecureLoadBalancer(
            stack,
            "main",
            config,
            vpc=_network(stack),
            certificate=_CERTIFICATE.format(region="eu-central-1"),
            **more,
        ),
        LoadBalancerConfig(),
    ),
    "AwsProvider": (lambda stack, config: SecureBucket(stack, "main"), AwsProviderConfig(region="eu-central-1")),
}


# More values of one setting would show nothing new; and how many that cannot be built are tried for one that can.
_VALUES = 2
_TRIES = 60


@dataclass(frozen=True)
class Growth:
    """What a setting or argument that is given later makes of a stack.

    Args:
        setting: `field`, `field.field of a part`, or `argument=`.
        before: the stack without it.
        after: the stack with it.
    """

    setting: str
    before: Configuration
    after: Configuration


@dataclass(frozen=True)
class Subject:
    """A construct or blueprint that grows.

    Args:
        name: its class.
        build: makes it in a stack from a configuration.
        config: what it begins with.
        cls: the class, whose arguments are varied too.
        region: that of its provider.
    """

    name: str
    build: Build
    config: Config | None
    cls: type | None = None
    region: str = "eu-central-1"

    def kind_of(self, setting: str) -> type | None:
        """The class whose documentation says what a setting is: of a configuration, or the construct for an argument."""
        if setting.endswith("="):
            return self.cls
        field, _, of_part = setting.partition(".")
        held = getattr(self.config, field)
        return type(held[0] if isinstance(held, tuple) else held) if of_part else type(self.config)

    def grown(self) -> Iterator[Growth]:
        """What comes of each setting and argument, with some values of each."""
        before = self._made(self.config)
        assert before is not None, f"{self.name} cannot be built"
        for setting, configs in self._settings():
            made = (found for config in configs if (found := self._made(config)) is not None)
            count = 1 if "." in setting else _VALUES
            yield from (Growth(setting, before, after) for after in itertools.islice(made, count))
        for name, kind in self._arguments():
            for make in _GIVEN[kind]:
                bare = self._made(self.config, make)
                after = self._made(self.config, make, name)
                if bare is not None and after is not None:
                    yield Growth(f"{name}=", bare, after)
                    break

    def _settings(self) -> Iterator[tuple[str, Iterator[Config]]]:
        """Each setting, also of parts that no subject has of its own, with configurations that have another value of it."""
        config = self.config
        if config is None:
            return
        for setting in settings(config):
            yield setting, itertools.islice(varied(config, setting), _TRIES)
            held = getattr(config, setting)
            part = held[0] if isinstance(held, tuple) and held else held
            if isinstance(part, Config) and type(part) not in _own_kinds():
                for name in settings(part):
                    yield f"{setting}.{name}", self._with_part(setting, held, part, name)

    def _with_part(self, setting: str, held: Any, part: Config, name: str) -> Iterator[Config]:
        assert self.config is not None
        for changed in itertools.islice(varied(part, name), _TRIES):
            value = (changed, *held[1:]) if isinstance(held, tuple) else changed
            whole = with_value(self.config, setting, value)
            if whole is not None:
                yield whole

    def _arguments(self) -> Iterator[tuple[str, type]]:
        """The constructs that may be given to it."""
        if self.cls is None:
            return
        constructor: Any = self.cls.__init__  # type: ignore[misc]
        hints = typing.get_type_hints(constructor)
        for name, parameter in inspect.signature(constructor).parameters.items():
            kinds = [one for one in typing.get_args(hints.get(name)) if one in _GIVEN]
            if parameter.default is None and kinds:
                yield name, kinds[0]

    def _made(self, config: Config | None, make: Callable[[Any], Any] | None = None, argument: str = "") -> Any:
        """What it makes, with waivers for what that breaks; `None` where it is refused.

        Args:
            config: its configuration.
            make: makes another construct in the stack.
            argument: what that is given as; not at all by default.
        """
        for _ in range(4):
            stack = test_stack()
            chosen = AwsProviderConfig(region=self.region)
            AwsProvider(stack, "aws", config if isinstance(config, AwsProviderConfig) else chosen)
            try:
                other = make(stack) if make else None
                self.build(stack, config, **({argument: other} if argument else {}))
                return configuration_of(stack)
            except ControlError as error:
                broken = tuple(re.findall(r"breaks (?:control )?([a-z0-9-]+)", str(error)))
                needed = tuple(one for one in broken if config and not config.waiver(one))
                if config is None or not needed:
                    return None
                config = with_value(config, "waivers", (*config.waivers, *map(waiver, needed)))
            except ConfigError:
                return None
        return None


_GIVEN: Mapping[type, tuple[Callable[[Any], Any], ...]] = {
    SecureKey: (lambda stack: SecureKey(stack, "given"),),
    LogBucket: (
        lambda stack: LogBucket(stack, "given", key=SecureKey(stack, "given-key")),
        lambda stack: LogBucket(stack, "given"),
    ),
    SecureTopic: (lambda stack: SecureTopic(stack, "given"),),
}


def subjects() -> dict[str, Subject]:
    """All constructs, blueprints and recipes by name."""
    found = {name: Subject(name, build, config, _public(name)) for name, (build, config) in _WITH_OTHERS.items()}
    for entry, config in meets._defaults():
        cls: Any = entry.load()

        def build(stack: Any, config: Config | None, cls: Any = cls, **more: Any) -> None:
            cls(stack, "main", **({} if config is None else {"config": config}), **more)

        found[cls.__name__] = Subject(cls.__name__, build, config, cls, meets.region_of(entry.name))
    return dict(sorted(found.items()))


def lacking() -> set[str]:
    """The constructs that are in neither: they need another one, and no stack here has both."""
    return set(WITHIN) - set(_WITH_OTHERS)


def _public(name: str) -> type | None:
    found: type = getattr(secureinfra, name)
    return None if name == "AwsProvider" else found


@functools.cache
def _own_kinds() -> set[type]:
    """Configurations that another subject begins with, whose settings are varied there."""
    begun = [config for _, config in _WITH_OTHERS.values()]
    kinds = {type(config) for config in begun} | {entry.config_type() for entry in CONSTRUCTS.values()}
    return {kind for kind in kinds if kind is not None}
