"""SecurityGroup: nothing open by default, the internet only by name, one described rule for each permission."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.security_group.group import SecurityGroup, SecurityGroupConfig
from secureinfra.aws.security_group.peers import Peer
from secureinfra.aws.security_group.ports import Port
from secureinfra.config.waiver import Waiver
from secureinfra.engine._cdk import TerraformStack, TerraformVariable
from secureinfra.errors import ConfigError, ControlError
from secureinfra.testing import addresses, synthesize, test_stack

VPC = "vpc-0a1b2c3d4e5f60718"
GROUP = "sg-0a1b2c3d4e5f60718"
PREFIX_LIST = "pl-0a1b2c3d4e5f60718"


def group_in(stack: TerraformStack, id: str = "web", **values: Any) -> SecurityGroup:
    return SecurityGroup(stack, id, SecurityGroupConfig(description="web servers", **values), vpc_id=VPC)


def waiver(control: str) -> Waiver:
    return Waiver(control=control, reason="test", owner="tests", until="2099-12-31")


def rules_of(stack: TerraformStack, way: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = synthesize(stack)["resource"].get(f"aws_vpc_security_group_{way}_rule", {})
    return found


def one_rule(stack: TerraformStack, way: str = "ingress") -> dict[str, Any]:
    (rule,) = rules_of(stack, way).values()
    return rule


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    group_in(stack)
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    web, database = group_in(stack, name_prefix="web servers ", tags={"team": "web"}), group_in(stack, "database")
    web.connections.allow_to(database, Port.POSTGRESQL, "orders")
    web.connections.allow_within(Port.all_traffic(), "cluster")
    web.allow_from_internet(Port.HTTPS, ipv6=True)
    web.allow_from_internet(Port.HTTP, "redirect to HTTPS")
    web.allow_from_internet(Port.tcp(8443), waiver=waiver("security-group-web-ports-from-internet"))
    web.allow_to_internet(Port.HTTPS, ipv6=True)
    web.allow_to_internet(Port.udp(123), "time", waiver=waiver("security-group-egress-restricted"))
    web.allow_from("10.0.0.0/8", Port.tcp(9000, 9010))
    web.allow_from("2001:db8::/48", Port.icmpv6())
    web.allow_from("8.0.0.0/8", Port.HTTPS, waiver=waiver("security-group-narrow-public-cidr"))
    web.allow_from(Peer.cidr("198.51.100.0/24", name="office"), Port.SSH)
    web.allow_from(GROUP, Port.ping())
    web.allow_from("111122223333/sg-0a1b2c3d4e5f60719", Port.HTTPS)
    web.allow_from(PREFIX_LIST, Port.ip_protocol(50))
    web.allow_from("${aws_vpc.main.cidr_block}", Port.tcp("${var.port}"))
    web.allow_to("${aws_vpc_endpoint.s3.prefix_list_id}", Port.HTTPS)
    matches_snapshot(stack)


def test_no_rule_by_default() -> None:
    stack = test_stack()
    group_in(stack)
    resources = synthesize(stack)["resource"]
    assert list(resources) == ["aws_security_group"]
    (group,) = resources["aws_security_group"].values()
    assert not {"ingress", "egress"} & set(group)


def test_described() -> None:
    stack = test_stack()
    group = group_in(stack)
    group.allow_from("10.0.0.0/8", Port.HTTPS)
    group.allow_from(Peer.cidr("198.51.100.0/24", name="office"), Port.HTTPS)
    group.allow_to("10.0.0.0/8", Port.HTTPS, "to the proxy")
    texts = [rule["description"] for way in ("ingress", "egress") for rule in rules_of(stack, way).values()]
    assert texts == ["tcp 443 from 10.0.0.0/8", "tcp 443 from office (198.51.100.0/24)", "to the proxy"]
    assert synthesize(stack)["resource"]["aws_security_group"]["web_security_group"]["description"] == "web servers"


def test_replaced_without_a_gap() -> None:
    stack = test_stack()
    group_in(stack).allow_from("10.0.0.0/8", Port.HTTPS)
    group = synthesize(stack)["resource"]["aws_security_group"]["web_security_group"]
    assert group["name_prefix"] == "test-web-"
    assert group["lifecycle"]["create_before_destroy"] is True
    assert one_rule(stack)["lifecycle"]["create_before_destroy"] is True


@pytest.mark.parametrize("name", ["sg", "x" * 300])
def test_name_prefix_is_one_that_aws_takes(name: str) -> None:
    stack = test_stack(name)
    group_in(stack)
    prefix = synthesize(stack)["resource"]["aws_security_group"]["web_security_group"]["name_prefix"]
    assert not prefix.startswith("sg-")
    assert len(prefix) <= 100


@pytest.mark.parametrize(
    ("peer", "expected"),
    [
        ("10.0.0.0/8", {"cidr_ipv4": "10.0.0.0/8"}),
        ("198.51.100.7/32", {"cidr_ipv4": "198.51.100.7/32"}),
        ("2001:DB8:0::/48", {"cidr_ipv6": "2001:db8::/48"}),
        (PREFIX_LIST, {"prefix_list_id": PREFIX_LIST}),
        (GROUP, {"referenced_security_group_id": GROUP}),
        ("111122223333/" + GROUP, {"referenced_security_group_id": "111122223333/" + GROUP}),
        ("${aws_security_group.x.id}", {"referenced_security_group_id": "${aws_security_group.x.id}"}),
        ("${data.aws_security_group.x.id}", {"referenced_security_group_id": "${data.aws_security_group.x.id}"}),
        ("${var.db_security_group_id}", {"referenced_security_group_id": "${var.db_security_group_id}"}),
        ("${aws_vpc.x.cidr_block}", {"cidr_ipv4": "${aws_vpc.x.cidr_block}"}),
        ("${aws_vpc.x.ipv6_cidr_block}", {"cidr_ipv6": "${aws_vpc.x.ipv6_cidr_block}"}),
        ("${aws_vpc_endpoint.s3.prefix_list_id}", {"prefix_list_id": "${aws_vpc_endpoint.s3.prefix_list_id}"}),
        ("${data.aws_ec2_managed_prefix_list.x.id}", {"prefix_list_id": "${data.aws_ec2_managed_prefix_list.x.id}"}),
        (Peer.cidr("${var.x}"), {"cidr_ipv4": "${var.x}"}),
        (Peer.ipv6_cidr("${var.x}"), {"cidr_ipv6": "${var.x}"}),
        (Peer.prefix_list("${var.x}"), {"prefix_list_id": "${var.x}"}),
        (Peer.security_group("${var.x}"), {"referenced_security_group_id": "${var.x}"}),
    ],
)
def test_peer_is_told_by_its_form(peer: Peer | str, expected: dict[str, str]) -> None:
    stack = test_stack()
    group_in(stack).allow_from(peer, Port.HTTPS)
    sides = ("cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id")
    assert {side: value for side, value in one_rule(stack).items() if side in sides} == expected


@pytest.mark.parametrize(
    ("port", "expected"),
    [
        (Port.tcp(443), ("tcp", 443, 443)),
        (Port.udp(6000, 6010), ("udp", 6000, 6010)),
        (Port.tcp(0), ("tcp", 0, 0)),
        (Port.ping(), ("icmp", 8, 0)),
        (Port.icmp(), ("icmp", -1, -1)),
        (Port.icmpv6(128), ("icmpv6", 128, -1)),
        (Port.ip_protocol(50), ("50", None, None)),
        (Port.all_tcp(), ("tcp", 0, 65535)),
        (Port.all_traffic(), ("-1", None, None)),
        (Port.tcp("${var.port}"), ("tcp", "${var.port}", "${var.port}")),
    ],
)
def test_port(port: Port, expected: tuple[str, Any, Any]) -> None:
    stack = test_stack()
    group_in(stack).allow_from(GROUP, port)
    rule = one_rule(stack)
    assert (rule["ip_protocol"], rule.get("from_port"), rule.get("to_port")) == expected


def test_named_ports_are_no_fields_of_a_port() -> None:
    # Hypothesis writes all of `__dataclass_fields__` out, class variables too, and would never come to an end.
    assert list(Port.__dataclass_fields__) == ["protocol", "first", "last", "label"]
    assert repr(Port.HTTPS) == "Port(protocol='tcp', first=443, last=443, label='')"


def test_web_ports_from_internet() -> None:
    stack = test_stack()
    group = group_in(stack)
    group.allow_from_internet(Port.HTTPS)
    group.allow_from_internet(Port.tcp(80))
    assert {rule["from_port"] for rule in rules_of(stack, "ingress").values()} == {80, 443}
    assert {rule["cidr_ipv4"] for rule in rules_of(stack, "ingress").values()} == {"0.0.0.0/0"}


def test_ipv6_internet_only_if_asked() -> None:
    stack = test_stack()
    group_in(stack).allow_from_internet(Port.HTTPS, ipv6=True)
    rules = rules_of(stack, "ingress")
    assert rules["web_from_internet_ipv6_tcp_443"]["cidr_ipv6"] == "::/0"
    assert len(rules) == 2


@pytest.mark.parametrize(
    "port",
    [
        Port.tcp(8443),
        Port.udp(443),
        Port.udp(53),
        Port.tcp(80, 81),
        Port.ping(),
        Port.ip_protocol(50),
        Port.tcp(443, 444),
    ],
)
def test_refuses_other_ports_from_internet_without_waiver(port: Port) -> None:
    stack = test_stack()
    group = group_in(stack)
    with pytest.raises(ControlError, match="breaks control security-group-web-ports-from-internet"):
        group.allow_from_internet(port)
    permitted = waiver("security-group-web-ports-from-internet")
    group.allow_from_internet(port, waiver=permitted)
    assert one_rule(stack)["//"]["waivers"] == [permitted.to_json()]


NAMED_BY_THE_ISSUE = (22, 3389, 5432, 3306, 1433, 27017, 6379, 9200, 11211, 2375)
# docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-19
EC2_19 = (
    *(20, 21, 22, 23, 25, 110, 135, 143, 445, 1433, 1434, 3000, 3306, 3389, 4333, 5000, 5432, 5500, 5601),
    *(8080, 8088, 8888, 9200, 9300),
)


@pytest.mark.parametrize("number", sorted({*NAMED_BY_THE_ISSUE, *EC2_19, 139, 1521, 2376, 5900, 10250}))
@pytest.mark.parametrize("kind", ["tcp", "udp", "range"])
def test_no_risky_port_from_internet(number: int, kind: str) -> None:
    ports = {"tcp": Port.tcp(number), "udp": Port.udp(number), "range": Port.tcp(number - 1, number + 1)}
    for control in ("security-group-no-risky-port-from-internet", "security-group-web-ports-from-internet"):
        with pytest.raises(ControlError, match="no waiver is accepted for this control"):
            group_in(test_stack()).allow_from_internet(ports[kind], waiver=waiver(control))


@pytest.mark.parametrize(
    ("port", "control"),
    [
        (Port.SSH, "security-group-no-ssh-from-internet"),
        (Port.tcp(1, 100), "security-group-no-ssh-from-internet"),
        (Port.tcp(3389), "security-group-no-rdp-from-internet"),
        (Port.tcp(445), "security-group-no-cifs-from-internet"),
        (Port.POSTGRESQL, "security-group-no-risky-port-from-internet"),
        (Port.all_traffic(), "security-group-not-all-ports-from-internet"),
        (Port.all_tcp(), "security-group-not-all-ports-from-internet"),
        (Port.udp(0, 65535), "security-group-not-all-ports-from-internet"),
    ],
)
def test_no_ssh_rdp_cifs_or_all_ports_from_internet(port: Port, control: str) -> None:
    with pytest.raises(ControlError, match=rf"test/web: allow_from_internet\(.* breaks control {control}: "):
        group_in(test_stack()).allow_from_internet(port, waiver=waiver(control))


EVERYWHERE = (
    *("0.0.0.0/0", "::/0", "0.0.0.0/1", "128.0.0.0/1", "::/1", "8000::/1", "0.0.0.0/0.0.0.0", "0.0.0.0/00"),
    *("8.0.0.0/7", "2000::/3", "0::0/0", "0000:0000::/0", "2a00::/12", "64:ff9b::/96", "64:ff9b::/97", "10.0.0.0/7"),
)


@pytest.mark.parametrize("cidr", EVERYWHERE)
@pytest.mark.parametrize("wrap", [str, Peer.cidr, lambda cidr: Peer.cidr(cidr, name="office")])
def test_internet_by_name(cidr: str, wrap: Callable[[str], Peer | str]) -> None:
    group = group_in(test_stack())
    permitted = waiver("security-group-narrow-public-cidr")
    with pytest.raises(
        ControlError, match=r"breaks control security-group-internet-by-name: .*allow_from_internet\(port"
    ):
        group.allow_from(wrap(cidr), Port.HTTPS, waiver=permitted)
    with pytest.raises(
        ControlError, match=r"breaks control security-group-internet-by-name: .*allow_to_internet\(port"
    ):
        group.allow_to(wrap(cidr), Port.HTTPS)


@pytest.mark.parametrize("cidr", ["0.0.0.0/0", "::/0", "0.0.0.0/0.0.0.0"])
def test_refuses_internet_in_a_peer_made_by_hand(cidr: str) -> None:
    for kind in ("cidr_ipv4", "cidr_ipv6"):
        with pytest.raises(ConfigError):
            group_in(test_stack()).allow_from(Peer(kind, cidr, "office"), Port.SSH)


def test_refuses_large_networks_that_add_up_to_the_internet() -> None:
    group = group_in(test_stack())
    permitted = waiver("security-group-narrow-public-cidr")
    group.allow_from("8.0.0.0/9", Port.SSH, waiver=permitted)
    group.allow_from("8.128.0.0/9", Port.tcp(20, 30), waiver=permitted)
    group.allow_from("11.0.0.0/9", Port.HTTPS, waiver=permitted)
    with pytest.raises(ControlError, match="security-group-internet-by-name"):
        group.allow_from("12.0.0.0/9", Port.SSH, waiver=permitted)


@pytest.mark.parametrize("cidr", ["8.0.0.0/8", "203.0.112.0/23", "2001:db8::/47"])
def test_narrow_public_cidr(cidr: str) -> None:
    stack = test_stack()
    group = group_in(stack)
    with pytest.raises(ControlError, match="breaks control security-group-narrow-public-cidr"):
        group.allow_from(cidr, Port.SSH)
    permitted = waiver("security-group-narrow-public-cidr")
    group.allow_from(cidr, Port.SSH, waiver=permitted)
    assert one_rule(stack)["//"]["waivers"] == [permitted.to_json()]


@pytest.mark.parametrize("cidr", ["10.0.0.0/8", "172.16.0.0/12", "100.64.0.0/10", "fd00::/8", "203.0.113.0/24"])
def test_private_or_narrow_network_needs_no_waiver(cidr: str) -> None:
    stack = test_stack()
    group_in(stack).allow_from(cidr, Port.SSH)
    assert "waivers" not in one_rule(stack)["//"]


def test_egress_restricted() -> None:
    stack = test_stack()
    group = group_in(stack)
    group.allow_to_internet(Port.HTTPS)
    assert one_rule(stack, "egress")["from_port"] == 443
    for port in (Port.HTTP, Port.udp(443), Port.all_traffic(), Port.all_tcp(), Port.ping()):
        with pytest.raises(ControlError, match="breaks control security-group-egress-restricted"):
            group.allow_to_internet(port)


def test_waiver_for_egress_is_written_beside_the_rule() -> None:
    stack = test_stack()
    permitted = waiver("security-group-egress-restricted")
    group_in(stack).allow_to_internet(Port.udp(123), waiver=permitted)
    assert one_rule(stack, "egress")["//"]["waivers"] == [permitted.to_json()]


def test_waiver_for_another_control_excuses_nothing() -> None:
    with pytest.raises(ControlError, match="security-group-egress-restricted"):
        group_in(test_stack()).allow_to_internet(Port.HTTP, waiver=waiver("security-group-narrow-public-cidr"))


def test_waiver_without_owner_or_date_is_refused() -> None:
    with pytest.raises(ConfigError, match="has no usable owner and until"):
        group_in(test_stack()).allow_to_internet(
            Port.HTTP, waiver=Waiver(control="security-group-egress-restricted", reason="old service")
        )


@pytest.mark.parametrize(
    ("peer", "message"),
    [
        ("10.0.0.1/8", r"peer '10.0.0.1/8' has host bits set: write the network itself, '10.0.0.0/8'"),
        ("10.0.0.1", r"has no prefix length: write '10.0.0.1/32'"),
        ("10.0.0.0/33", "is not a network, group or prefix list"),
        ("web", "is not a network, group or prefix list"),
        ("sg-123", "is not a security group: write e.g. 'sg-"),
        ("pl-xyz", "is not a prefix list: write e.g. 'pl-"),
        ("${var.peer}", r"only Terraform will know. Write Peer.cidr\(...\)"),
        (Peer.cidr("${TfToken[TOKEN.7]}"), r"would have no stable address: write Peer.cidr\(..., name='office'\)"),
        (Peer.cidr("10.0.0.0/8", name="the office"), "has a name 'the office' that no address can hold"),
        (Peer("cidr_ipv4", "2001:db8::/48", "x"), "is an IPv6 network under cidr_ipv4"),
        (443, "443 is not a peer: give a SecurityGroup"),
    ],
)
def test_refuses_peer(peer: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as error:
        group_in(test_stack()).allow_from(peer, Port.HTTPS)
    assert str(error.value).startswith("test/web: ")


@pytest.mark.parametrize(
    ("port", "message"),
    [
        (443, r"443 is not a port: write Port.tcp\(443\)"),
        (Port.tcp(65536), r"Port.tcp\(65536, 65536\) is not a range of ports: write 0 to 65535"),
        (Port.tcp(-1), "is not a range of ports"),
        (Port.udp(9, 8), "the lower one first"),
        (Port.tcp(True), "is not a range of ports"),
        (Port.tcp("443"), r"Port.tcp\('443'\) is a text: write a number, Port.tcp\(443\)"),
        (Port.icmp(256), "is not a kind of message"),
        (Port.icmp(-1, 4), "a code needs a type"),
        (Port.ip_protocol(6), r"write Port.tcp\(...\)"),
        (Port.ip_protocol(256), "is not a protocol"),
        (Port("http"), "is not a protocol"),
        (Port.tcp("${TfToken[TOKEN.7]}"), "would have no stable address. Add name="),
    ],
)
def test_refuses_port(port: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as error:
        group_in(test_stack()).allow_from(GROUP, port)
    assert str(error.value).startswith("test/web: ")


def test_refuses_duplicate_rule() -> None:
    group = group_in(test_stack())
    group.allow_from("10.0.0.0/8", Port.HTTPS)
    for same in ("10.0.0.0/8", "10.0.0.0/255.0.0.0", Peer.cidr("10.0.0.0/8", name="office")):
        with pytest.raises(
            ConfigError, match=r"a rule for tcp 443 from 10.0.0.0/8 already exists: AWS refuses a second"
        ):
            group.allow_from(same, Port.tcp(443), "again")
    group.allow_to("10.0.0.0/8", Port.HTTPS)
    group.allow_from("10.0.0.0/8", Port.udp(443))


def test_refuses_two_peers_of_one_name() -> None:
    group = group_in(test_stack())
    group.allow_from(Peer.cidr("198.51.100.0/24", name="office"), Port.HTTPS)
    with pytest.raises(ConfigError, match="two rules would share the address 'from-office-tcp-443'"):
        group.allow_from(Peer.cidr("203.0.113.0/24", name="office"), Port.HTTPS)


def test_refuses_bad_description_and_lack_of_one() -> None:
    stack = test_stack()
    with pytest.raises(ConfigError, match="test/web: SecurityGroupConfig lacks 'description'"):
        SecurityGroup(stack, "web", SecurityGroupConfig(), vpc_id=VPC)  # type: ignore[call-arg]
    for text in ("", "café", "x" * 256, "a\nb", "<web>"):
        with pytest.raises(ConfigError, match="is not a description that AWS takes"):
            SecurityGroup(stack, "web", SecurityGroupConfig(description=text), vpc_id=VPC)
    group = group_in(stack)
    with pytest.raises(ConfigError, match=r"test/web: description='caf.' is not a description that AWS takes"):
        group.allow_from(GROUP, Port.HTTPS, "café")


@pytest.mark.parametrize("prefix", ["sg-web", "x" * 99, "wéb"])
def test_refuses_name_prefix(prefix: str) -> None:
    with pytest.raises(ConfigError, match="is not a prefix of a group's name"):
        group_in(test_stack(), name_prefix=prefix)


def test_refuses_no_vpc_two_and_a_bad_one() -> None:
    config = SecurityGroupConfig(description="web")
    with pytest.raises(ConfigError, match="test/a: it needs one VPC, or AWS uses the default one"):
        SecurityGroup(test_stack(), "a", config)
    with pytest.raises(ConfigError, match="it needs one VPC"):
        SecurityGroup(test_stack(), "a", config, vpc=VPC, vpc_id=VPC)
    with pytest.raises(ConfigError, match="test/a: vpc='main' is not a VPC id"):
        SecurityGroup(test_stack(), "a", config, vpc_id="main")
    with pytest.raises(ConfigError, match="vpc=7 is not a SecureVpc or a VPC id"):
        SecurityGroup(test_stack(), "a", config, vpc=7)  # type: ignore[arg-type]


def test_vpc_as_object_id_or_token() -> None:
    class Network:
        vpc_id = "${aws_vpc.main.id}"

    stack = test_stack()
    config = SecurityGroupConfig(description="web")
    SecurityGroup(stack, "a", config, vpc=Network())
    SecurityGroup(stack, "b", config, vpc=VPC)
    SecurityGroup(stack, "c", config, vpc_id="${var.vpc_id}")
    groups = synthesize(stack)["resource"]["aws_security_group"]
    assert [group["vpc_id"] for group in groups.values()] == ["${aws_vpc.main.id}", VPC, "${var.vpc_id}"]


def conditions_of(stack: TerraformStack) -> list[str]:
    return [item["condition"] for item in one_rule(stack)["lifecycle"]["precondition"]]


def test_token_network_is_judged_by_terraform() -> None:
    strict, waived = test_stack(), test_stack()
    group_in(strict).allow_from(Peer.cidr("${var.office}"), Port.SSH)
    permitted = waiver("security-group-narrow-public-cidr")
    group_in(waived).allow_from(Peer.cidr("${var.office}"), Port.SSH, waiver=permitted)
    assert 'tonumber(split("/", var.office)[1]) >= 24 ||' in conditions_of(strict)[0]
    assert 'tonumber(split("/", var.office)[1]) >= 8 ||' in conditions_of(waived)[0]


def test_token_port_from_internet_is_judged_by_terraform() -> None:
    strict, waived = test_stack(), test_stack()
    group_in(strict).allow_from_internet(Port.tcp("${var.port}"))
    permitted = waiver("security-group-web-ports-from-internet")
    group_in(waived).allow_from_internet(Port.tcp("${var.port}"), waiver=permitted)
    assert conditions_of(strict) == ["${contains([80, 443], tonumber(var.port))}"]
    assert conditions_of(waived)[0].startswith("${!contains([20, 21, 22, ")
    with pytest.raises(ConfigError, match="only Terraform knows this range"):
        group_in(test_stack()).allow_from_internet(Port.tcp("${var.port}", 9999), waiver=permitted)
    with pytest.raises(ControlError, match="security-group-web-ports-from-internet"):
        group_in(test_stack()).allow_from_internet(Port.udp("${var.port}"))


def test_placeholders_of_the_engine() -> None:
    stack = test_stack()
    port = TerraformVariable(stack, "port", type="number")
    office = TerraformVariable(stack, "office", type="string")
    peer = Peer.cidr(office.string_value, name="office")
    group_in(stack).allow_from(peer, Port.tcp(port.number_value, name="app"))
    document = synthesize(stack)
    rule = document["resource"]["aws_vpc_security_group_ingress_rule"]["web_from_office_tcp_app"]
    assert (rule["cidr_ipv4"], rule["from_port"]) == ("${var.office}", "${var.port}")
    (name,) = document["locals"]
    assert document["locals"][name] == "${var.office}"
    assert f"local.{name}" in rule["lifecycle"]["precondition"][0]["condition"]


def test_addresses() -> None:
    stack = test_stack()
    web, database = group_in(stack), group_in(stack, "database")
    web.connections.allow_to(database, Port.POSTGRESQL)
    web.allow_from("10.0.0.0/8", Port.tcp(9000, 9010))
    web.allow_from("2001:db8::/48", Port.HTTPS)
    web.allow_from(Peer.cidr("198.51.100.0/24", name="office"), Port.HTTPS)
    web.allow_from_internet(Port.HTTPS, ipv6=True)
    web.allow_to_internet(Port.HTTPS)
    assert addresses(synthesize(stack)) == [
        "aws_security_group.database_security_group",
        "aws_security_group.web_security_group",
        "aws_vpc_security_group_egress_rule.web_to_database_tcp_5432",
        "aws_vpc_security_group_egress_rule.web_to_internet_tcp_443",
        "aws_vpc_security_group_ingress_rule.database_from_web_tcp_5432",
        "aws_vpc_security_group_ingress_rule.web_from_10_0_0_0_8_tcp_9000_9010",
        "aws_vpc_security_group_ingress_rule.web_from_2001_db8_48_tcp_443",
        "aws_vpc_security_group_ingress_rule.web_from_internet_ipv6_tcp_443",
        "aws_vpc_security_group_ingress_rule.web_from_internet_tcp_443",
        "aws_vpc_security_group_ingress_rule.web_from_office_tcp_443",
    ]


def test_order_of_rules_changes_no_address() -> None:
    asked = [("10.0.0.0/8", Port.HTTPS), (GROUP, Port.SSH), (PREFIX_LIST, Port.udp(53))]
    documents = []
    for order in (asked, asked[::-1]):
        stack = test_stack()
        group = group_in(stack)
        for peer, port in order:
            group.allow_from(peer, port)
        documents.append(json.dumps(rules_of(stack, "ingress"), sort_keys=True))
    assert documents[0] == documents[1]
