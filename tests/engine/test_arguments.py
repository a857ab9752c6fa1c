"""The same answer for the same slip, at every construct: one error in our words, before a constructor reads anything."""

import importlib
import inspect
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from secureinfra import (
    BucketConfig,
    Config,
    ConfigError,
    DeadLetterQueue,
    EventBus,
    Function,
    FunctionConfig,
    FunctionUrlConfig,
    Instance,
    InstanceConfig,
    KeyConfig,
    Parameter,
    Queue,
    Repository,
    Resource,
    RoleConfig,
    S3Code,
    Secret,
    SecretConfig,
    SecretRotation,
    SecureBucket,
    SecureConstruct,
    SecureKey,
    SecureLogGroup,
    SecureRole,
    SecureTopic,
    SecureVpc,
    ServiceTrust,
    StateBackend,
    StateBackendConfig,
    Stream,
    Table,
    TableConfig,
    TerraformStack,
    TerraformVariable,
    VpcConfig,
)
from secureinfra.declared.names import HOMES
from secureinfra.engine.arguments import _kinds, _signature, check_call
from secureinfra.testing import assert_meets, test_stack

NOT_NEIGHBORS = {"self", "scope", "id", "config", "provider"}
# What takes values that are no constructs, or several of them: their own code refuses what does not fit.
OTHERWISE = {
    "BackupPlan.copy_to",
    "DatabaseProxy.secrets",
    "Distribution.failover",
    "Distribution.origin",
    "RegionBaseline.linked_regions",
    "SecureLoadBalancer.subnets",
    "Table.replica_keys",
    "Zone.vpcs",
}

SECRET = SecretConfig(rotation=SecretRotation(function_arn="arn:aws:lambda:eu-central-1:111122223333:function:rotate"))
FUNCTION = FunctionConfig(
    code=S3Code(bucket="acme-builds", key="orders.zip", object_version="1"),
    runtime="python3.13",
    handler="app.handler",
    url=FunctionUrlConfig(),
)
INSTANCE = InstanceConfig(vpc_id="vpc-0a1b2c3d4e5f60718", subnet_id="subnet-0a1b2c3d4e5f60718")
STATE = StateBackendConfig(bucket="acme-state", region="eu-central-1", account_id="111122223333")


class Stranger:
    """Of no kind that any construct knows."""


def constructs() -> Iterator[type[SecureConstruct]]:
    for name, home in HOMES.items():
        held = getattr(importlib.import_module(f"secureinfra.{home}"), name)
        if isinstance(held, type) and issubclass(held, SecureConstruct) and held is not SecureConstruct:
            yield held


def neighbors() -> Iterator[tuple[type[SecureConstruct], str]]:
    for cls in constructs():
        for name in _signature(cls.__init__).parameters:
            if name not in NOT_NEIGHBORS and f"{cls.__name__}.{name}" not in OTHERWISE:
                yield cls, name


CONSTRUCTS = list(constructs())
NEIGHBORS = list(neighbors())


@pytest.fixture(scope="module")
def stack() -> TerraformStack:
    return test_stack()


def told(call: Callable[[], object]) -> str:
    with pytest.raises(ConfigError) as error:
        call()
    text = str(error.value)
    assert " object at 0x" not in text
    assert "pydantic" not in text
    return text


def test_enough_is_asked() -> None:
    assert len(CONSTRUCTS) >= 36
    assert len(NEIGHBORS) >= 30


@pytest.mark.parametrize(("cls", "name"), NEIGHBORS, ids=lambda held: getattr(held, "__name__", held))
def test_every_neighbor_is_held_against_its_kind(cls: type[SecureConstruct], name: str, stack: TerraformStack) -> None:
    parameters = list(_signature(cls.__init__).parameters.values())[3:]
    given = {one.name: None for one in parameters if one.default is one.empty and one.name != "config"}
    config = (None,) if "config" in _signature(cls.__init__).parameters else ()
    texts = [kind for kind, _ in _kinds(cls.__init__, name)] if "str" in str(cls.__init__.__annotations__[name]) else []
    for wrong in (Stranger(), SecureBucket, {"a": 1}, *(() if "str" in texts else ("arn:aws:x",))):
        text = told(lambda wrong=wrong: check_call(cls, (stack, "x", *config), {**given, name: wrong}))  # type: ignore[misc]
        assert text.startswith(f"test/x: {cls.__name__} {name}=")
        assert "Pass " in text


@pytest.mark.parametrize("cls", CONSTRUCTS, ids=lambda cls: cls.__name__)
def test_scope_and_id(cls: Any, stack: TerraformStack) -> None:
    name = cls.__name__
    assert told(lambda: cls("b", stack)) == f"{name}: scope and id are swapped. Write {name}(scope, 'b', ...)."
    assert f"{name} lacks its id. Write {name}(scope, 'name'" in told(lambda: cls(stack))
    assert f"{name} lacks its scope" in told(cls)
    assert "is not a scope" in told(lambda: cls(TerraformStack, "b"))
    assert f"{name} takes no argument 'nothing'" in told(lambda: cls(stack, "b", nothing=1))
    if config := cls._config_type():
        assert f"a {config.__name__} is not an id" in told(lambda: cls(stack, config.model_construct()))
        field = next(iter(config.model_fields))
        advice = f"Write {name}(scope, id, {config.__name__}({field}=...))."
        if field not in _signature(cls.__init__).parameters:
            assert told(lambda: cls(stack, "b", **{field: 1})).endswith(advice)


GRANTS: dict[type[SecureConstruct], tuple[Callable[..., Any], set[str]]] = {
    SecureBucket: (SecureBucket, {"grant_read", "grant_write", "grant_read_write", "grant_delete"}),
    SecureKey: (SecureKey, {"grant_encrypt", "grant_decrypt", "grant_encrypt_decrypt"}),
    SecureTopic: (SecureTopic, {"grant_publish"}),
    SecureLogGroup: (SecureLogGroup, {"grant_write"}),
    Queue: (Queue, {"grant_send", "grant_consume", "grant_redrive"}),
    DeadLetterQueue: (DeadLetterQueue, {"grant_send", "grant_consume"}),
    EventBus: (EventBus, {"grant_put"}),
    Stream: (Stream, {"grant_read", "grant_write", "grant_read_stream"}),
    Secret: (partial(Secret, config=SECRET), {"grant_read", "grant_write", "grant_rotate"}),
    Parameter: (Parameter, {"grant_read"}),
    StateBackend: (partial(StateBackend, config=STATE), {"grant_read", "grant_read_write"}),
    Table: (
        partial(Table, config=TableConfig(hash_key="id", stream_view_type="KEYS_ONLY")),
        {"grant_read", "grant_read_write", "grant_stream_read", "grant_write"},
    ),
    Repository: (Repository, {"grant_pull", "grant_push"}),
    Function: (partial(Function, config=FUNCTION), {"grant_invoke", "grant_invoke_url"}),
    Instance: (partial(Instance, config=INSTANCE), {"grant_session"}),
}
# Held where their own tests are: they need neighbors.
ELSEWHERE = {
    "CatalogDatabase.grant_define",
    "CatalogDatabase.grant_read",
    "Crawler.grant_start",
    "Workgroup.grant_query",
    "Delivery.grant_put",
    "Workflow.grant_start",
    "Distribution.grant_invalidate",
    "SecureTrail.grant_read",
    "SecureKey.grant",
    "Cache.grant_connect",
    "Database.grant_connect",
    "DatabaseCluster.grant_connect",
    "DatabaseProxy.grant_connect",
    "EcsCapacityProvider.grant_session",
    "EcsService.grant_deploy",
    "FileSystem.grant_mount",
    "Fleet.grant_session",
    "HttpApi.grant_invoke",
    "RestApi.grant_invoke",
    "LogBucket.grant_read",
}


def test_every_grant_is_asked_below() -> None:
    asked = {f"{cls.__name__}.{name}" for cls, (_, names) in GRANTS.items() for name in names} | ELSEWHERE
    for cls in CONSTRUCTS:
        for name, method in inspect.getmembers(cls, inspect.isfunction):
            if not name.startswith("_") and "grantee" in inspect.signature(method).parameters:
                assert f"{cls.__name__}.{name}" in asked


@pytest.mark.parametrize("cls", GRANTS, ids=lambda cls: cls.__name__)
def test_a_grant_needs_a_role(cls: Any) -> None:
    make, names = GRANTS[cls]
    construct = make(test_stack(), "it")
    other = SecureKey(construct, "other")
    for name in names:
        for wrong in (SecureRole, other, None, 7, {"arn": "x"}):
            text = told(lambda name=name, wrong=wrong: getattr(construct, name)(wrong))  # type: ignore[misc]
            assert "is not a role (SecureRole or ExistingRole)" in text


def test_a_role_is_allowed_statements(stack: TerraformStack) -> None:
    role = SecureRole(stack, "role", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
    assert told(lambda: role.allow({"actions": ["s3:*"]})).endswith("=a dict is not a Statement. Pass a Statement.")  # type: ignore[arg-type]


def test_resources_are_known_by_name(stack: TerraformStack) -> None:
    key = SecureKey(stack, "resources")
    assert isinstance(key.resources["key"], Resource)
    assert told(lambda: key.resources["kye"]) == "test/resources: has no resource 'kye'. Did you mean 'key'?"
    assert "There are: key, " in told(lambda: key.resources["nothing"])
    assert key.resources.get("nothing") is None


def test_what_was_not_synthesized_meets_nothing(stack: TerraformStack) -> None:
    assert "assert_meets(configuration_of(stack))" in told(lambda: assert_meets(stack))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda v: VpcConfig(cidr="10.0.0.0/16", zones=v.number_value), "VpcConfig zones='${var.size}' is"),
        (
            lambda v: VpcConfig(cidr="10.0.0.0/16", reserved_zones=v.number_value),
            "VpcConfig reserved_zones='${var.size}' is",
        ),
        (lambda v: VpcConfig(cidr="10.0.0.0/16", nat=v.string_value), "VpcConfig nat='${var.size}' is"),
        (lambda v: VpcConfig(cidr="10.0.0.0/16", tiers=v.list_value), "VpcConfig tiers.0='${var.size}' is"),
        (lambda v: VpcConfig(cidr="10.0.0.0/16", ipv6=v.boolean_value), "VpcConfig ipv6='${var.size}' is"),
    ],
)
def test_a_variable_where_structure_is_decided(make: Callable[[TerraformVariable], Config], words: str) -> None:
    own = test_stack()
    config = make(TerraformVariable(own, "size", type="number"))
    text = told(lambda: SecureVpc(own, "vpc", config))  # type: ignore[arg-type]
    (line,) = [line for line in text.splitlines() if words in line]
    assert "known to Terraform only: it decides structure, which is fixed at synthesis" in line


@pytest.mark.parametrize(
    ("config", "advice"),
    [
        (BucketConfig(waivers="x"), "waivers='x' is one value. Write a tuple, ('x',)."),  # type: ignore[arg-type]
        (KeyConfig(administrators="x"), "administrators='x' is one value. Write a tuple, ('x',)."),  # type: ignore[arg-type]
        (KeyConfig(tags={"cost": 1}), "tags.cost=1 must be a valid string. Write '1'."),  # type: ignore[dict-item]
        (
            RoleConfig(trust="ecs-tasks"),  # type: ignore[arg-type]
            "trust='ecs-tasks' is not a mapping of fields. Write ServiceTrust(service='ecs-tasks').",
        ),
    ],
)
def test_one_value_for_another(config: Config, advice: str) -> None:
    assert advice in told(config.require)
