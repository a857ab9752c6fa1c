"""Every construct and blueprint can be written out, or the list says by which blueprint."""

import pytest

import secureinfra
from secureinfra.blueprints import blueprints
from secureinfra.engine import SecureConstruct
from secureinfra.errors import ConfigError
from secureinfra.modules.content.source import NAME
from secureinfra.modules.entries.catalogue import entries, find
from secureinfra.modules.entries.constructs import CONSTRUCTS, WITHIN

# The base of all, and what a module must not have: a provider is its caller's.
# What has targets or steps that a module of its own would not contain is a part of its caller's.
APART = {
    "AwsProvider",
    "Crawler",
    "DatabaseProxy",
    "Delivery",
    "EventRule",
    "GlobalDatabase",
    "NetworkLoadBalancer",
    "Pipe",
    "Schedule",
    "SecureConstruct",
    "Workflow",
}


def public_constructs() -> list[type]:
    found = (getattr(secureinfra, name) for name in secureinfra.__all__)
    return [one for one in found if isinstance(one, type) and issubclass(one, SecureConstruct)]


@pytest.mark.parametrize("construct", public_constructs(), ids=lambda construct: construct.__name__)
def test_every_construct(construct: type) -> None:
    name = construct.__name__
    written = {path.rpartition(":")[2] for entry in CONSTRUCTS.values() for path in (entry.path, entry.extends)}
    assert (name in written) + (name in WITHIN) + (name in APART) == 1


def test_every_blueprint() -> None:
    assert set(blueprints()) <= set(entries())
    assert set(CONSTRUCTS).isdisjoint(blueprints())


def test_names_are_short_enough_to_name_everything_by() -> None:
    assert [name for name in entries() if len(name) > len(NAME)] == []


@pytest.mark.parametrize("name", WITHIN)
def test_what_needs_another_beside_it_leads_to_a_blueprint(name: str) -> None:
    assert WITHIN[name] in blueprints()
    with pytest.raises(ConfigError, match=f"secureinfra module {WITHIN[name]} --out DIR"):
        find(name)


def test_a_class_leads_to_the_recipe_that_completes_it() -> None:
    assert find("secureinfra.aws.iam.role:SecureRole") == find("role")
    assert find("SecureRole") == find("role")
