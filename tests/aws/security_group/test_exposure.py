"""How far a rule opens a group: Python's judgement, its sums, and Terraform's judgement of the same networks."""

import contextlib
import ipaddress
import json
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secureinfra.aws.security_group.exposure import (
    add_up_to_internet,
    closed_to_internet,
    is_internet,
    is_wide,
    narrow_enough,
    no_risky_port,
    web_port,
)
from secureinfra.aws.security_group.group import SecurityGroup, SecurityGroupConfig
from secureinfra.aws.security_group.peers import Peer
from secureinfra.aws.security_group.ports import Port
from secureinfra.config.waiver import Waiver
from secureinfra.controls.shared.traffic import RISKY_PORTS
from secureinfra.errors import ConfigError, ControlError
from secureinfra.testing import test_stack
from tests.referees.runner import PRESENT

NETWORKS = [
    *("0.0.0.0/0", "0.0.0.0/1", "8.0.0.0/7", "8.0.0.0/8", "8.8.0.0/16", "8.8.8.0/23", "8.8.8.0/24", "8.8.8.8/32"),
    *("10.0.0.0/8", "10.0.0.0/7", "10.1.2.0/24", "11.0.0.0/8", "172.16.0.0/12", "172.0.0.0/11", "172.31.0.0/16"),
    *("172.32.0.0/16", "192.168.0.0/16", "192.168.0.0/15", "192.169.0.0/16", "100.64.0.0/10", "100.0.0.0/9"),
    *("169.254.0.0/16", "127.0.0.0/8", "224.0.0.0/4"),
]
NETWORKS_IPV6 = [
    *("::/0", "::/1", "2000::/3", "2001:db8::/31", "2001:db8::/32", "2001:db8::/47", "2001:db8::/48", "fc00::/7"),
    *("fd00::/8", "fc00::/6", "fe80::/10", "fd12:3456::/32", "2a05:d018::/36"),
]


@pytest.mark.parametrize("port", RISKY_PORTS)
def test_every_risky_port_is_closed(port: int) -> None:
    for one in (Port.tcp(port), Port.udp(port), Port.tcp(max(port - 1, 0), port), Port.tcp(port, 65535)):
        closed = closed_to_internet(one)
        assert closed is not None
        assert not closed[0].waivable


def test_web_is_not_closed() -> None:
    assert [closed_to_internet(port) for port in (Port.HTTP, Port.HTTPS, Port.tcp(8443), Port.ping())] == [None] * 4


def test_message_names_a_few_services() -> None:
    closed = closed_to_internet(Port.tcp(1, 1000))
    assert closed is not None
    assert closed[1].startswith("20 (FTP data), 21 (FTP), 22 (SSH), 23 (Telnet), ")
    assert closed[1].endswith(" more")


def test_sum_of_networks() -> None:
    halves = [Peer.cidr("8.0.0.0/9"), Peer.cidr("8.128.0.0/9")]
    assert not add_up_to_internet(halves)
    assert not add_up_to_internet([*halves, *halves, Peer.cidr("10.0.0.0/8"), Peer.prefix_list("pl-12345678")])
    assert add_up_to_internet([*halves, Peer.cidr("9.0.0.0/24")])
    assert add_up_to_internet([Peer.cidr("2a00::/32"), Peer.cidr("2a01::/48")])
    assert add_up_to_internet([Peer.cidr("8.0.0.0/8"), Peer.cidr("64:ff9b::900:0/120")])


def test_refuses_a_small_network_that_makes_the_sum_too_large() -> None:
    permitted = Waiver(control="security-group-narrow-public-cidr", reason="test", owner="tests", until="2099-12-31")
    group = SecurityGroup(test_stack(), "web", SecurityGroupConfig(description="web"), vpc_id="vpc-12345678")
    for half in ("8.0.0.0/9", "9.0.0.0/9"):
        group.allow_from(half, Port.SSH, waiver=permitted)
    with pytest.raises(ControlError, match="a large part of it and breaks control security-group-internet-by-name"):
        group.allow_from("203.0.113.7/32", Port.SSH)
    group.allow_from("10.0.0.0/8", Port.SSH)


def test_refuses_networks_out_that_add_up_to_the_internet() -> None:
    group = SecurityGroup(test_stack(), "web", SecurityGroupConfig(description="web"), vpc_id="vpc-12345678")
    group.allow_to("8.0.0.0/9", Port.HTTPS)
    group.allow_to("8.128.0.0/9", Port.HTTPS)
    group.allow_to("9.0.0.0/9", Port.SSH)
    with pytest.raises(ControlError, match=r"allow_to\('9.0.0.0/9'.*breaks control security-group-internet-by-name"):
        group.allow_to("9.0.0.0/9", Port.HTTPS)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 2**32 - 1), st.integers(0, 32), st.sampled_from([Port.SSH, Port.tcp(20, 30), Port.HTTPS])
        ),
        max_size=12,
    ),
    st.booleans(),
)
def test_no_rules_together_open_ssh_to_more_than_one_large_network(
    asked: list[tuple[int, int, Port]], waived: bool
) -> None:
    control = "security-group-narrow-public-cidr"
    permitted = Waiver(control=control, reason="test", owner="tests", until="2099-12-31") if waived else None
    group = SecurityGroup(test_stack(), "web", SecurityGroupConfig(description="web"), vpc_id="vpc-12345678")
    for address, length, port in asked:
        cidr = str(ipaddress.ip_network((address, length), strict=False))
        with contextlib.suppress(ControlError, ConfigError):
            group.allow_from(cidr, port, waiver=permitted)
    rules = [block.attributes for block in group.resources.values() if "cidr_ipv4" in block.attributes]
    open_to = [ipaddress.IPv4Network(rule["cidr_ipv4"]) for rule in rules if rule["from_port"] <= 22 <= rule["to_port"]]
    public = [network for network in open_to if not is_private(network)]
    assert sum(network.num_addresses for network in ipaddress.collapse_addresses(public)) <= 2**24
    assert waived or all(network.prefixlen >= 24 for network in public)


def is_private(network: ipaddress.IPv4Network) -> bool:
    own = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8")
    return any(network.subnet_of(ipaddress.IPv4Network(cidr)) for cidr in own)


@pytest.mark.terraform
@pytest.mark.skipif(not PRESENT, reason="terraform is not on PATH")
def test_terraform_judges_as_python_does(tmp_path: Path) -> None:
    questions, expected = {}, {}
    for kind, networks in (("cidr_ipv4", NETWORKS), ("cidr_ipv6", NETWORKS_IPV6)):
        token = Peer(kind, "${var.x}", "x")  # type: ignore[arg-type]
        for number, cidr in enumerate(networks):
            for wide in (False, True):
                name = f"{kind}_{number}_{wide}"
                questions[name] = narrow_enough(token, wide=wide).replace("{value}", f'"{cidr}"')
                expected[name] = not (is_internet(Peer.cidr(cidr)) if wide else is_wide(Peer.cidr(cidr)))
    for port in (22, 80, 443, 8443):
        for name, expression in (("web", web_port((Port.HTTP, Port.HTTPS))), ("risky", no_risky_port())):
            questions[f"{name}_{port}"] = expression.replace("{value}", f'"{port}"')
    expected |= {"web_22": False, "web_80": True, "web_443": True, "web_8443": False}
    expected |= {"risky_22": False, "risky_80": True, "risky_443": True, "risky_8443": True}
    questions["no_network"], expected["no_network"] = narrow_enough(token, wide=True).replace("{value}", '"x"'), False
    answers = {"answers": {"value": {name: f"${{{question}}}" for name, question in questions.items()}}}
    (tmp_path / "main.tf.json").write_text(json.dumps({"output": answers}))
    for command in ("init", "apply -auto-approve", "output -json answers"):
        done = subprocess.run(
            ["terraform", *command.split(), "-no-color"],
            check=False,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout) == expected
