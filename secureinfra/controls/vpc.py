"""Controls on VPCs, subnets and network ACLs."""

from secureinfra.controls.control import Control

DEFAULT_GROUP_CLOSED = Control(
    id="vpc-default-security-group-closed",
    title="The default security group has no rule",
    why="whatever is launched without a group of its own would be open to its neighbours",
    row="vpc-default-sg-closed",
)

FLOW_LOGGED = Control(
    id="vpc-flow-logged",
    title="All traffic is recorded",
    why="nobody could tell afterwards who talked to whom",
    row="vpc-flow-logs",
)

FLOW_LOGS_RETAINED = Control(
    id="vpc-flow-logs-retained",
    title="Flow logs are kept for a year or longer",
    why="an intrusion is often found months later, when shorter logs are gone",
    row="cw-loggroup-retention",
)

NO_PUBLIC_IP_ON_LAUNCH = Control(
    id="vpc-subnet-no-public-ip-on-launch",
    title="No subnet gives out public addresses by itself",
    why="a forgotten instance would face the internet",
    row="vpc-subnet-no-auto-public-ip",
)

SEVERAL_ZONES = Control(
    id="vpc-several-zones",
    title="Subnets lie in at least two zones",
    why="the loss of one zone would stop everything",
    row="vpc-multi-az",
)

ACL_NO_ADMIN_PORTS = Control(
    id="vpc-network-acl-no-admin-ports",
    title="No network ACL admits SSH or RDP from everywhere",
    why="one wrong security group would be enough to open them",
    row="nacl-no-admin-ports",
    waivable=False,
)

ACL_NO_FTP = Control(
    id="vpc-network-acl-no-ftp",
    title="No network ACL admits FTP from everywhere",
    why="FTP sends passwords in the clear",
    row="nacl-no-ftp",
    waivable=False,
)

ACL_NOT_WIDE_OPEN = Control(
    id="vpc-network-acl-not-wide-open",
    title="No network ACL admits everything from everywhere",
    why="the second net under the security groups would hold nothing",
    row="nacl-no-all-ports",
    waivable=False,
)

ACL_ASSOCIATED = Control(
    id="vpc-network-acl-associated",
    title="Every network ACL guards a subnet",
    why="an unused one is edited in the belief that it protects something",
    row="nacl-associated",
)

TIERS_SEPARATE = Control(
    id="vpc-tiers-separate",
    title="Public and private subnets have route tables of their own",
    why="a route for the one would open the other",
    row="vpc-public-private-split",
    waivable=False,
)

ENDPOINTS_IN_SEVERAL_ZONES = Control(
    id="vpc-endpoint-in-several-zones",
    title="Interface endpoints stand in every zone of the VPC",
    why="the loss of one zone would cut the others off from AWS",
    row="vpce-multi-az",
)

ENDPOINTS_SCOPED = Control(
    id="vpc-endpoint-scoped",
    title="Endpoints admit this account's principals only",
    why="data could leave through the endpoint to anybody's bucket with anybody's credentials",
    row="vpce-policy-scoped",
)

GATEWAY_ENDPOINTS = Control(
    id="vpc-gateway-endpoints",
    title="S3 and DynamoDB are reached without the internet",
    why="their traffic would cross the internet gateway and cost NAT fees",
    row="vpce-gateway-s3-dynamodb",
)
