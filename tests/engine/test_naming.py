"""Names: readable, and no two paths on one."""

import pytest

from secureinfra.config.config import Config
from secureinfra.config.rule import matches
from secureinfra.engine.naming import Names, derived_name, shortened, terraform_name, words
from secureinfra.errors import ConfigError


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (("network", "private-a"), "network_private_a"),
        (("key",), "key"),
        (("2024", "logs"), "_2024_logs"),
        (("a_b", "c"), "a_b_c"),
        (("A", "b.c"), "A_b_c"),
    ],
)
def test_name(path: tuple[str, ...], name: str) -> None:
    assert terraform_name(path) == name


def test_same_name_twice_is_refused() -> None:
    names = Names()
    assert names.take(("a-b", "c")) == "a_b_c"
    with pytest.raises(ConfigError, match=r"^a/b-c: its Terraform name 'a_b_c' is taken by a-b/c: two resources would"):
        names.take(("a", "b-c"))


def test_same_path_twice_is_refused() -> None:
    names = Names()
    names.take(tuple("ab"))
    with pytest.raises(ConfigError, match="is taken by a/b"):
        names.take(tuple("ab"))


def test_stacks_have_names_of_their_own() -> None:
    assert Names().take(("a",)) == Names().take(("a",))


@pytest.mark.parametrize(
    ("text", "id"),
    [("10.20.0.0/16", "10-20-0-0-16"), ("2001:db8::/48", "2001-db8-48"), ("${var.Pods_cidr}", "var-pods-cidr")],
)
def test_words(text: str, id: str) -> None:
    assert words(text) == id


def test_long_names_are_shortened_and_stay_their_own() -> None:
    assert shortened("shop-backups", 50) == "shop-backups"
    names = [shortened("a-very-long-path-" * 4 + end, 50) for end in ("one", "two")]
    assert names[0] == shortened("a-very-long-path-" * 4 + "one", 50)
    assert names[0] != names[1]
    assert max(map(len, names)) <= 50


class Shelf(Config):
    name: str | None = None


class Placed:
    config = Shelf()
    path = "shop/my--orders"


def test_name_of_a_path_is_refused_where_aws_takes_no_such_name() -> None:
    single, short = matches(r"[a-z]+(-[a-z]+)*", "is not single"), matches(r".{1,9}", "is not short")
    assert derived_name(Placed(), matches(r"[a-z-]+", "is not in lower case")) == "shop-my--orders"
    assert derived_name(Placed(), single, short, name="orders") == "orders"
    with pytest.raises(ConfigError) as caught:
        derived_name(Placed(), single, short)
    said = "shop/my--orders: name 'shop-my--orders', which comes from the path, is not single. Set Shelf(name='...')."
    assert str(caught.value) == said
