"""Speed of paths through a network of 1,000 interfaces, and how it grows: part of `make bench`."""

from __future__ import annotations

import os
import statistics
import time

from secureinfra.proofs.network.questions import path_between
from secureinfra.terraform.model.configuration import Configuration
from tests.proofs.network.topologies import NAT, Resources, instance, merged, ref

RUNS = int(os.environ.get("RUNS", "5"))


def network(count: int) -> Resources:
    """So many instances, each with a group of its own that allows the next one."""
    parts = [NAT]
    for number in range(count):
        group = ref(f"aws_security_group.i{(number + 1) % count}")
        allowed = [{"protocol": "tcp", "from_port": 443, "to_port": 443, "security_groups": [group]}]
        parts.append(instance(f"i{number}", "private" if number % 2 else "public", "main", ingress=allowed))
    return merged(*parts)


def seconds(count: int) -> float:
    """The median time to read a network and to find what the internet reaches of all its instances."""
    document = {"resource": network(count)}
    times = []
    for run in range(RUNS + 1):
        start = time.perf_counter()
        configuration = Configuration.of(document)
        for target in ("aws_subnet.private", "aws_vpc.main", "aws_instance"):
            path_between([configuration], "internet", target)
        if run:
            times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    thousand, twice = seconds(1000), seconds(2000)
    ratio = twice / thousand
    for what, value, target, met in (
        ("paths from the internet, 1,000 interfaces", f"{thousand:.2f} s", "<= 2 s", thousand <= 2),
        ("2,000 interfaces / 1,000", f"{ratio:.2f} x", "<= 2.5 x", ratio <= 2.5),
    ):
        print(f"{what:<58} {value:>16}   {target:<12} {'ok' if met else 'MISSED'}", flush=True)


if __name__ == "__main__":
    main()
