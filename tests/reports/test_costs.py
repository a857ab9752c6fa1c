"""What starts to cost, counted."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from secureinfra.reports.costs import costs_of, drivers, lines_of
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.terraform.schema import schema


def test_every_driver_is_a_type_of_the_provider() -> None:
    known = resource_types()
    assert [type for type in drivers() if type not in known] == []


@cache
def resource_types() -> set[str]:
    import gzip

    (file,) = (Path(schema.__file__).parent).glob("aws-5.*.jsonl.gz")
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        return {name for line in lines for name in names_in(json.loads(line))}


def names_in(entry: Any) -> list[str]:
    if isinstance(entry, list):
        return [str(entry[0]), *(str(part) for part in entry if isinstance(part, str))]
    return [str(value) for value in entry.values() if isinstance(value, str)] + [str(key) for key in entry]


def test_resources_are_counted_and_unknown_numbers_are_said() -> None:
    resources = {
        "aws_nat_gateway": {"a": {}, "b": {"for_each": "${var.zones}"}},
        "aws_s3_bucket": {"b": {}},
        "aws_iam_role": {"free": {}},
    }
    found = costs_of([Configuration.of({"resource": resources, "variable": {"zones": {}}})])
    assert [(cost.driver.type, cost.count, cost.at_least) for cost in found] == [
        ("aws_nat_gateway", 2, True),
        ("aws_s3_bucket", 1, False),
    ]


def test_a_terminal_shows_number_price_and_where_it_holds() -> None:
    # In the order of the drivers, whatever the order of the stacks.
    assert list(lines_of({"aws_rds_global_cluster": 1, "aws_nat_gateway": 12})) == [
        "Starts to cost, at list prices (not a bill; `secureinfra report` has sources, and what makes each smaller):",
        "   12  NAT gateway             USD 0.045 an hour, USD 0.045 a GB, us-east-2",
        "    1  Aurora global database  no price known; by million copied writes",
    ]
    assert list(lines_of({})) == []
