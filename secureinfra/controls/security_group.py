"""Controls on security groups."""

from secureinfra.controls.control import Control

NO_RISKY_PORT_FROM_INTERNET = Control(
    id="security-group-no-risky-port-from-internet",
    title="Administration and database ports are never open to the internet",
    why="they are scanned and attacked within minutes",
    row="sg-no-high-risk-ports",
    waivable=False,
)

WEB_PORTS_FROM_INTERNET = Control(
    id="security-group-web-ports-from-internet",
    title="The internet reaches ports 80 and 443 only",
    why="every further port is a service that must withstand everybody",
    row="sg-authorized-public-ports",
)

NARROW_PUBLIC_CIDR = Control(
    id="security-group-narrow-public-cidr",
    title="Public networks in rules are /24 or narrower",
    why="a wide public network belongs to many others too",
    row="sg-no-wide-public-cidr",
)

EGRESS_RESTRICTED = Control(
    id="security-group-egress-restricted",
    title="Only HTTPS leaves to the internet",
    why="whoever breaks in can send the data anywhere",
    row="sg-egress-restricted",
)

DESCRIBED = Control(
    id="security-group-described",
    title="Groups and rules say what they are for",
    why="nobody dares to remove a rule that nobody can explain",
    row="sg-descriptions",
)
