"""The helper for tests of blueprints: passes what works, and fails for each way in which a blueprint does not."""

from __future__ import annotations

import pytest

from secureinfra import Config, SecureBucket, SecureConstruct, Text
from secureinfra.errors import SecureInfraError
from secureinfra.stacks.testing import assert_blueprint
from secureinfra_blueprints.data_lake import DataLake


class PlainConfig(Config):
    """Settings with defaults."""

    note: Text = "x"
    """A note."""


class Plain(SecureConstruct):
    """A bucket."""

    def __init__(self, scope: SecureConstruct, id: str, config: PlainConfig) -> None:
        super().__init__(scope, id, config)
        bucket = SecureBucket(self, "bucket")
        if config.note == "open":
            bucket.resources["versioning"].add_override("versioning_configuration.status", "Suspended")
        if config.note == "wrong":
            bucket.resources["bucket"].add_override("no_such_argument", value=True)


class Needs(Plain):
    """Settings are required, and there is no example."""

    def __init__(self, scope: SecureConstruct, id: str, config: NeedsConfig) -> None:
        super().__init__(scope, id, PlainConfig(note=config.note))


class NeedsConfig(Config):
    """A setting without a default."""

    note: Text
    """A note."""


class WithoutConfig(SecureConstruct):
    """No settings at all."""

    def __init__(self, scope: SecureConstruct, id: str) -> None:
        super().__init__(scope, id, Config())


@pytest.mark.parametrize("blueprint", [Plain, DataLake])
def test_what_works_passes(blueprint: type[SecureConstruct]) -> None:
    assert_blueprint(blueprint)


def test_a_broken_control_fails() -> None:
    with pytest.raises(AssertionError, match="s3-bucket-versioned"):
        assert_blueprint(Plain, settings={"note": "open"})


@pytest.mark.parametrize(
    ("blueprint", "settings", "message"),
    [
        (Needs, None, "blueprint Needs has no Example: with NeedsConfig"),
        (WithoutConfig, None, "its constructor has no `config: SomeConfig`"),
        (Plain, {"notes": "x"}, "no field 'notes'"),
        (Plain, {"note": "wrong"}, "no_such_argument"),
    ],
)
def test_what_a_user_could_not_use_is_refused(
    blueprint: type[SecureConstruct], settings: dict[str, str] | None, message: str
) -> None:
    with pytest.raises(SecureInfraError, match=message):
        assert_blueprint(blueprint, settings=settings)
