"""An entry has what its class declares, whether the class is loaded or its source is read."""

import pytest
from constructs import Construct

from secureinfra import Config, SecureConstruct, declares
from secureinfra.errors import ConfigError
from secureinfra.modules.entries.catalogue import find
from secureinfra.modules.entries.entry import Entry

PATH = "tests.modules.entries.test_entry:Shop"


class ShopConfig(Config):
    """What a caller may choose about a shop."""

    certificate_arn: str = ""


@declares(asks=("certificate_arn",), needs=("zone",), examples={"zone": "Z0"}, yours=("The alias record.",))
class Shop(SecureConstruct):
    """A shop that anybody may enter.

    Creates nothing.
    """

    def __init__(self, scope: Construct, id: str, config: ShopConfig = ShopConfig()) -> None:
        super().__init__(scope, id, config)


def test_a_class_of_ones_own_has_what_it_declares() -> None:
    entry = find(PATH)
    assert (entry.name, entry.asks, entry.needs) == ("shop", ("certificate_arn",), ("zone",))
    assert (entry.examples, entry.yours) == ({"zone": "Z0"}, ("The alias record.",))
    assert entry.config_type() is ShopConfig


def test_the_source_says_the_same() -> None:
    entry, summary = Entry("shop", PATH).described()
    assert entry == Entry("shop", PATH).declared()
    assert summary == "A shop that anybody may enter."


def test_what_an_entry_says_itself_comes_first() -> None:
    assert Entry("shop", PATH, asks=("name",)).declared().asks == ("name",)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("tests.modules.entries.test_entry:Shopp", r"has no 'Shopp'\. Did you mean 'Shop'\?"),
        ("tests.modules.entries.test_entry:ShopConfig", "Name a class that takes scope, id and a Config"),
        ("tests.modules.entries.nowhere:Shop", "cannot be imported"),
    ],
)
def test_refuses_what_is_no_construct(path: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Entry("shop", path).load()
