"""List prices: each with a source and a day, and a file of one's own."""

import datetime
from pathlib import Path

import pytest

from secureinfra.errors import ConfigError
from secureinfra.reports.costs import costs_of, drivers
from secureinfra.reports.prices import packaged_prices, read_prices
from secureinfra.terraform.model.configuration import Configuration

HEADER = "type,price,region,source,read\n"
TYPES = tuple(drivers())


def read(folder: Path, text: str) -> dict[str, str]:
    file = folder / "prices.csv"
    file.write_text(text)
    return {type: price.price for type, price in read_prices(file, TYPES).items()}


def test_every_price_is_of_a_driver_and_has_a_source_and_a_day() -> None:
    prices = packaged_prices()
    assert set(prices) <= set(drivers())
    # No source was found for these: their cell stays empty rather than guessed.
    assert set(drivers()) - set(prices) == {
        "aws_elasticache_serverless_cache",
        "aws_flow_log",
        "aws_inspector2_enabler",
        "aws_rds_global_cluster",
        "aws_route53_resolver_firewall_rule_group",
        "aws_sagemaker_notebook_instance",
    }
    assert [price.type for price in prices.values()] == [type for type in drivers() if type in prices]
    for price in prices.values():
        assert price.source.startswith("https://")
        assert datetime.date.fromisoformat(price.read)
        assert price.price.startswith("USD ")


def test_a_file_takes_the_place_of_all(tmp_path: Path) -> None:
    text = f'# ours\n{HEADER}\naws_kms_key,"EUR 0.93, by contract",eu-central-1,contract 7,2026-11-01\n'
    assert read(tmp_path, text) == {"aws_kms_key": "EUR 0.93, by contract"}
    configuration = Configuration.of({"resource": {"aws_kms_key": {"k": {}}, "aws_eip": {"a": {}}}})
    found = costs_of([configuration], read_prices(tmp_path / "prices.csv", TYPES))
    held = {cost.driver.type: cost.price and cost.price.standing for cost in found}
    assert held == {"aws_eip": None, "aws_kms_key": "eu-central-1, read on 2026-11-01: contract 7"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("price\n1\n", ":1: is not a file of prices. Begin it with type,price,region,source,read."),
        ("", ":1: is not a file of prices."),
        (f"{HEADER}aws_kms_key,1\n", ":2: has 2 columns."),
        (f"{HEADER}aws_kms_key,USD 1,,,2026-11-01\n", ":2: has no source: a price counts only with its source"),
        (f"{HEADER}aws_kms_keys,USD 1,,here,2026-11-01\n", "Did you mean 'aws_kms_key'?"),
        (f"{HEADER}aws_kms_key,USD 1,,here,yesterday\n", ":2: 'yesterday' is not a date."),
        (
            f"{HEADER}aws_kms_key,USD 1,,here,2026-11-01\naws_kms_key,2,,here,2026-11-01\n",
            ":3: 'aws_kms_key' has a price already",
        ),
    ],
)
def test_refuses(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError) as refused:
        read(tmp_path, text)
    assert message in str(refused.value)


def test_refuses_what_is_not_text(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: .* Give a CSV file of prices"):
        read_prices(tmp_path / "nowhere.csv", TYPES)
    (tmp_path / "prices.csv").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="is not UTF-8 text"):
        read_prices(tmp_path / "prices.csv", TYPES)


def test_all_problems_together(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        read(tmp_path, f"{HEADER}a\nb\n")
    assert len(str(refused.value).splitlines()) == 2
