"""What is refused in a cache's configuration."""

import pytest

from secureinfra.aws.elasticache.config import CacheConfig, CacheUser
from secureinfra.config.config import Config, refusals_of


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (CacheConfig(name="a--b"), "is not a name of a cache"),
        (CacheConfig(node_type="t4g.small"), "is not a node type: write e.g. 'cache.t4g.small'"),
        (CacheConfig(engine_version="8"), "is not a version"),
        (
            CacheConfig(engine="redis", engine_version="6.2"),
            "is too old: its users could not sign in by IAM. Use 7.0 or newer",
        ),
        (CacheConfig(engine_version="7.0"), "is too old: its users could not sign in by IAM. Use 7.2 or newer"),
        (CacheConfig(users={}), "users has none: no client could sign in"),
        (CacheConfig(users={"App": CacheUser()}), "users has the name 'App', which is not a name of a user"),
        (
            CacheConfig(users={"default": CacheUser()}),
            "has the name 'default': the engine takes it for clients that do not sign in",
        ),
        (CacheConfig(vpc_id="vpc-0a1b2c3d4e5f60718"), "subnet_ids and vpc_id go together"),
        (CacheConfig(subnet_ids={"1": "subnet-1"}), "which is not the letter of a zone"),
        (CacheConfig(maintenance_window="sunday"), "is not a window: write day and time in UTC"),
        (CacheUser(keys=("a b",)), "keys holds 'a b', which is not one word"),
        (CacheUser(commands=("get",)), "commands holds 'get', which neither allows nor denies. Write '+get' or '-get'"),
    ],
)
def test_refuses(config: Config, message: str) -> None:
    assert message in "\n".join(problem.text for problem in refusals_of(config))


def test_access_string_has_keys_before_commands() -> None:
    user = CacheUser(keys=("a:*", "b:*"), commands=("+@read",)).require()
    assert user.access_string == "on ~a:* ~b:* +@read"
