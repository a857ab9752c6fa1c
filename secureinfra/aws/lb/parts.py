"""What application and network load balancers have in common: names, targets' groups, subnets, and where logs go."""

from __future__ import annotations

import zlib

from secureinfra.aws.s3.log_bucket import LogBucket
from secureinfra.aws.security_group.group import Connections, HasConnections, SecurityGroup
from secureinfra.aws.security_group.peers import Peer
from secureinfra.aws.security_group.ports import Port
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.declared.declares import declares
from secureinfra.engine import AwsProvider, Resource, SecureConstruct
from secureinfra.errors import ConfigError

_LONGEST_NAME = 32


@declares(apart="the base of SecureLoadBalancer and NetworkLoadBalancer")
class LoadBalancerParts(SecureConstruct):
    """Base of load balancers, which create the parts."""

    vpc: SecureVpc
    log_bucket: LogBucket
    security_group: SecurityGroup
    load_balancer: Resource
    target_groups: dict[str, Resource]

    @property
    def arn(self) -> str:
        """Reference to its ARN, e.g. for a web ACL."""
        return self.load_balancer.ref("arn")

    @property
    def dns_name(self) -> str:
        """Reference to its DNS name, for alias records."""
        return self.load_balancer.ref("dns_name")

    @property
    def zone_id(self) -> str:
        """Reference to the hosted zone of `dns_name`, for alias records."""
        return self.load_balancer.ref("zone_id")

    @property
    def connections(self) -> Connections:
        """Security-group rules on both sides, to and from its group."""
        return self.security_group.connections

    def target_group_arn(self, name: str) -> str:
        """Reference to a target group, which an ECS service or an Auto Scaling group registers in.

        Args:
            name: as given to `add_target`.

        Raises:
            ConfigError: there is no such target.
        """
        if name not in self.target_groups:
            known = ", ".join(self.target_groups) or "none"
            raise ConfigError(f"{self.path}: it has no target {name!r}. It has: {known}.")
        return self.target_groups[name].ref("arn")

    def _derived_name(self) -> str:
        name = self.path.replace("/", "-").replace("_", "-").strip("-")
        if len(name) > _LONGEST_NAME or name.startswith("internal-"):
            # The suffix distinguishes it from others whose paths have the same beginning.
            name = f"lb-{name[:20].strip('-')}-{zlib.crc32(self.path.encode()):08x}"
        return name

    def _subnets_in(self, tier: str, subnets: list[str], setting: str, *, dualstack: bool) -> list[str]:
        """The subnets, after checking that there are enough, and that they have IPv6 where it is needed."""
        if len(subnets) < 2:
            raise ConfigError(
                f"{self.path}: {setting} needs {tier} subnets in two zones or more, and "
                f"{self.vpc.path} has {len(subnets)}: AWS requires two. Add them to its VpcConfig (tiers, zones)."
            )
        if dualstack and not self.vpc.config.ipv6:
            raise ConfigError(
                f"{self.path}: ip_address_type='dualstack' needs subnets with IPv6, which {self.vpc.path} has not. Set "
                "VpcConfig(ipv6=True), or leave it out."
            )
        return subnets

    def _connect(self, group: HasConnections | Peer | str, port: Port) -> None:
        """Write the rules to a group once, even if several targets share it and a port."""
        whose = group.connections.group.path if isinstance(group, HasConnections) else str(group)
        opened: set[tuple[str, Port]] = self.__dict__.setdefault("_opened", set())
        if (whose, port) not in opened:
            opened.add((whose, port))
            self.connections.allow_to(group, port)

    def _refuse_bucket_elsewhere(self) -> None:
        own, its = AwsProvider.region_of(self), AwsProvider.region_of(self.log_bucket)
        if own and its and own != its:
            raise ConfigError(
                f"{self.path}: log_bucket={self.log_bucket.path!r} is in {its!r}, the load balancer in {own!r}: AWS delivers to "
                "the same region only. Give both the same provider."
            )
