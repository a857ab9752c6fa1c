"""Controls on security groups."""

from secureinfra.controls.control import Control

NO_SSH_FROM_INTERNET = Control(
    id="security-group-no-ssh-from-internet",
    title="SSH is never open to the internet",
    why="every address is tried for passwords and exploits within minutes, and Session Manager needs no open port",
    row="sg-no-ssh-from-any",
    waivable=False,
)

NO_RDP_FROM_INTERNET = Control(
    id="security-group-no-rdp-from-internet",
    title="RDP is never open to the internet",
    why="every address is tried for passwords and exploits within minutes, and Fleet Manager needs no open port",
    row="sg-no-rdp-from-any",
    waivable=False,
)

NO_CIFS_FROM_INTERNET = Control(
    id="security-group-no-cifs-from-internet",
    title="Windows file sharing is never open to the internet",
    why="worms spread over it",
    row="sg-no-cifs-from-any",
    waivable=False,
)

NO_RISKY_PORT_FROM_INTERNET = Control(
    id="security-group-no-risky-port-from-internet",
    title="Administration and database ports are never open to the internet",
    why="they are scanned and attacked within minutes",
    row="sg-no-high-risk-ports",
    waivable=False,
)

NOT_ALL_PORTS_FROM_INTERNET = Control(
    id="security-group-not-all-ports-from-internet",
    title="All ports together are never open to the internet",
    why="it opens whatever listens there now and later",
    row="sg-no-all-ports-from-any",
    waivable=False,
)

WEB_PORTS_FROM_INTERNET = Control(
    id="security-group-web-ports-from-internet",
    title="The internet reaches ports 80 and 443 only",
    why="every further port is a service that must withstand everybody",
    row="sg-authorized-public-ports",
)

INTERNET_BY_NAME = Control(
    id="security-group-internet-by-name",
    title="Only a method whose name says so opens a group to the internet or to a large part of it",
    why="an open door must be seen where it is written, and a few large networks together are the internet",
    row="sg-authorized-public-ports",
    waivable=False,
)

NARROW_PUBLIC_CIDR = Control(
    id="security-group-narrow-public-cidr",
    title="Public networks that may connect are /24 (IPv6: /48) or narrower",
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
