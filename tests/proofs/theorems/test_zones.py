"""A zone is lost: which paths stay."""

from __future__ import annotations

from secureinfra.proofs.theorems.theorem import Result
from secureinfra.proofs.theorems.zones import ONE_ZONE_LOST
from secureinfra.terraform.model.configuration import Configuration
from tests.proofs.configurations import verdicts
from tests.proofs.network.topologies import ANYWHERE, Resources, internet, merged, ref, subnet, to, vpc


def network(nat: dict[str, str], **zones: str) -> Resources:
    """Two zones, a service in both, and a NAT gateway in each zone of `nat`, which says which zone uses which."""
    parts = [vpc("main", 0)]
    for number, letter in enumerate("ab"):
        zone = {"availability_zone": zones.get(letter, f"eu-central-1{letter}")}
        parts += [
            subnet(f"public_{letter}", "main", f"10.0.{number}.0/24", [internet()], **zone),
            subnet(
                f"private_{letter}",
                "main",
                f"10.0.1{number}.0/24",
                [to("0.0.0.0/0", nat_gateway_id=ref(f"aws_nat_gateway.{nat[letter]}"))],
                **zone,
            ),
            {"aws_nat_gateway": {letter: {"subnet_id": ref(f"aws_subnet.public_{letter}")}}},
        ]
    service = {
        "subnets": [ref("aws_subnet.private_a"), ref("aws_subnet.private_b")],
        "security_groups": [ref("aws_security_group.s")],
    }
    return merged(
        *parts,
        {
            "aws_security_group": {"s": {"vpc_id": ref("aws_vpc.main"), "egress": [dict(ANYWHERE)]}},
            "aws_ecs_service": {"s": {"network_configuration": [service]}},
        },
    )


def of(resources: Resources) -> Result:
    return verdicts(ONE_ZONE_LOST, Configuration.of({"resource": resources, "variable": {"z": {}}}))[
        "aws_ecs_service.s"
    ]


def test_a_gateway_in_each_zone() -> None:
    assert of(network({"a": "a", "b": "b"})).verdict == "PROVED"


def test_one_gateway_for_both_zones() -> None:
    found = of(network({"a": "a", "b": "a"}))
    assert found.verdict == "BROKEN"
    assert found.found == "without eu-central-1a, aws_ecs_service.s does not reach the internet"
    assert found.request == {"lost": "eu-central-1a"}


def test_zones_that_are_not_written() -> None:
    resources = network({"a": "a", "b": "b"})
    for held in resources["aws_subnet"].values():
        del held["availability_zone"]
    found = of(resources)
    assert (found.verdict, found.reason) == ("UNKNOWN", "the zone of aws_subnet.private_a is not written")
