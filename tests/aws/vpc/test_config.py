"""VpcConfig: what does not go together is refused with the way out."""

from typing import Any

import pytest

from secureinfra.aws.vpc.config import VpcConfig
from secureinfra.errors import ConfigError


def refusal(**choices: Any) -> str:
    with pytest.raises(ConfigError) as error:
        VpcConfig.of({"cidr": "10.20.0.0/16", **choices})
    return str(error.value)


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({"cidr": "10.0.0.0/27"}, "is too small: 3 zones x 3 tiers need 9 subnets of /28 or larger"),
        ({"cidr": "10.0.0.0/24"}, "Use a /23 or larger, e.g. '10.20.0.0/16'"),
        ({"cidr": "10.0.0.0/15"}, "is too large: AWS gives a VPC a /16 at most"),
        ({"cidr": "10.0.0.1/16"}, "has host bits set: write the network itself, '10.0.0.0/16'"),
        ({"cidr": "10.0.0/16"}, "is not an IPv4 network"),
        ({"cidr": None}, "needs either cidr, e.g. '10.20.0.0/16', or ipam_pool_id"),
        ({"ipam_pool_id": "ipam-pool-0a1b"}, "and not both"),
        ({"cidr": None, "ipam_pool_id": "ipam-pool-0a1b"}, "ipam_pool_id needs netmask_length"),
        ({"cidr": None, "ipam_pool_id": "pool"}, "is not an IPAM pool id"),
        ({"cidr": None, "ipam_pool_id": "ipam-pool-0a1b", "netmask_length": 26}, "netmask_length=26 is too small"),
        ({"secondary_cidrs": ("10.20.4.0/24",)}, "10.20.4.0/24 overlaps 10.20.0.0/16"),
        ({"secondary_cidrs": ("10.1.0.0/16", "10.1.0.0/24")}, "10.1.0.0/24 overlaps 10.1.0.0/16"),
        ({"zones": 5}, "zones=5 is out of range: addresses are set aside for 4 zones. Use 1 to 4, or reserved_zones=8"),
        ({"zones": 0}, "zones=0 is out of range"),
        ({"zones": 9, "reserved_zones": 8}, "Use 1 to 8."),
        ({"zones": ("eu-central-1a", "eu-central-1a")}, "names a letter twice"),
        ({"zones": ("eu-central-1", "eu-central-1b")}, "'eu-central-1', which is not an availability zone"),
        ({"zones": ("us-east-1a", "us-east-1f")}, "Use reserved_zones=8"),
        ({"nat": "both"}, "must be 'none', 'single', 'per_zone' or 'regional'"),
        ({"nat": "regional", "tiers": ("public",)}, "nat='regional' has no subnets to serve"),
        (
            {"nat": "regional", "tiers": ("private", "firewall")},
            "names 'firewall' with nat='regional': answers from the gateway",
        ),
        ({"encryption_exclusions": ("lambda",)}, "encryption_exclusions=['lambda'] excludes from nothing"),
        (
            {"encryption_control": "monitor", "encryption_exclusions": ("lambda",)},
            "excludes from nothing: nothing is enforced",
        ),
        ({"nat": "single", "tiers": ("private",)}, "nat='single' needs the public tier"),
        ({"nat": "single", "tiers": ("public",)}, "nat='single' has no subnets to serve"),
        ({"tiers": ("public", "public")}, "must name each tier once"),
        ({"tiers": ("public", "private", "firewall")}, "names 'firewall' with nat='none': nothing would pass it"),
        (
            {"tiers": ("public", "private", "firewall"), "nat": "single", "ipv6": True},
            "answers would come back past the firewall",
        ),
        ({"tiers": ()}, "must name each tier once"),
        ({"tiers": ("dmz",)}, "must be 'public', 'private', 'isolated', 'intra' or 'firewall'"),
        ({"endpoints": ("containers", "logs")}, "names a service twice"),
        ({"flow_logs": "none"}, "breaks control vpc-flow-logged"),
        ({"flow_logs_retention_days": 30}, "breaks control vpc-flow-logs-retained"),
        ({"flow_logs_retention_days": 366}, "must be one of"),
        ({"gateway_endpoints": False}, "breaks control vpc-gateway-endpoints"),
        ({"organization_id": "acme"}, "is not an organization id"),
        ({"cidr": "127.0.0.0/16"}, "cidr='127.0.0.0/16' is loopback: no VPC can have it"),
        ({"secondary_cidrs": ("169.254.0.0/16",)}, "169.254.0.0/16 is link-local"),
        ({"secondary_cidrs": ("100.64.0.0/10",)}, "has a size that AWS does not accept. Use a /16 to /28"),
        ({"secondary_cidrs": ("172.20.0.0/16",)}, "172.20.0.0/16 cannot join 10.20.0.0/16"),
        ({"secondary_cidrs": ("${TfToken[TOKEN.3]}",)}, "a placeholder of the engine"),
        ({"readable_buckets": ("*",)}, "is not a bucket's name: write one whole name"),
        ({"endpoints": ("sesion-manager",)}, "Did you mean 'session-manager'?"),
        ({"endpoints": ("s3",)}, "'s3', which the gateway endpoint reaches free of charge. Leave it out"),
        ({"endpoints_without_policy": ("kms",)}, "breaks control vpc-endpoint-scoped"),
        ({"endpoints_without_policy": ("kms",)}, "names 'kms', which is none of the endpoints"),
        ({"endpoints": ("ecr api",)}, "is not a service"),
        ({"natt": "single"}, "has no field 'natt'. Did you mean 'nat'?"),
    ],
)
def test_refuses(choices: dict[str, Any], words: str) -> None:
    assert words in refusal(**choices)


def test_tells_all_problems_at_once() -> None:
    said = refusal(cidr="10.0.0.0/27", zones=9, nat="single", tiers=("private",))
    assert "too small" in said
    assert "zones=9" in said
    assert "needs the public tier" in said


def test_bundles_are_resolved() -> None:
    config = VpcConfig(cidr="10.20.0.0/16", endpoints=("session-manager", "ecr.api"))
    assert config.services() == ("ssm", "ssmmessages", "ecr.api")


def test_letters_come_from_names() -> None:
    assert VpcConfig(cidr="10.20.0.0/16", zones=("ap-northeast-1a", "ap-northeast-1d")).letters == ("a", "d")
