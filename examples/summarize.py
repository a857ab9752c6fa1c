"""Say in one screen what a synthesized stack holds: `python summarize.py cdktf.out/stacks/NAME/cdk.tf.json`."""

import json
import sys
from collections import Counter
from pathlib import Path

THEMES = {
    "network": (
        "aws_vpc",
        "aws_subnet",
        "aws_route",
        "aws_network_acl",
        "aws_default_",
        "aws_internet",
        "aws_flow_log",
    ),
    "firewalls": ("aws_security_group", "aws_vpc_security_group"),
    "keys": ("aws_kms",),
    "storage": ("aws_s3",),
    "roles": ("aws_iam",),
    "audit": ("aws_cloudtrail", "aws_cloudwatch", "aws_sns"),
}


def theme_of(type_: str) -> str:
    """The theme whose prefix fits best."""
    fits = [
        (len(prefix), theme) for theme, prefixes in THEMES.items() for prefix in prefixes if type_.startswith(prefix)
    ]
    return max(fits, default=(0, "other"))[1]


def main(path: str) -> None:
    """Print the summary."""
    document = json.loads(Path(path).read_text())
    resources = document["resource"]
    total = sum(len(blocks) for blocks in resources.values())
    print(f"\n{Path(path).resolve()}\n{total} resources of {len(resources)} types\n")
    counts = Counter({type_: len(blocks) for type_, blocks in resources.items()})
    for theme in (*THEMES, "other"):
        types = [(type_, count) for type_, count in counts.most_common() if theme_of(type_) == theme]
        if types:
            listed = ", ".join(f"{type_.removeprefix('aws_')} {count}" for type_, count in types[:5])
            more = f", {len(types) - 5} more" if len(types) > 5 else ""
            print(f"  {theme:<10}{sum(count for _, count in types):>4}   {listed}{more}")
    print("\nSeen in this JSON:")
    for fact in facts(resources):
        print(f"  {fact}")
    print(f"\nNext: cd {Path(path).resolve().parent} && terraform init && terraform plan")


def facts(resources: dict[str, dict[str, dict[str, object]]]) -> list[str]:
    """What the resources themselves show."""

    def share(type_: str, text: str, **wanted: object) -> str:
        blocks = resources.get(type_, {}).values()
        met = sum(all(block.get(name) == value for name, value in wanted.items()) for block in blocks)
        return f"{met} of {len(blocks)} {text}"

    return [
        share("aws_kms_key", "keys rotate", enable_key_rotation=True),
        share("aws_s3_bucket_public_access_block", "buckets block public access", restrict_public_buckets=True),
        share("aws_subnet", "subnets give out no public address", map_public_ip_on_launch=False),
        share("aws_default_security_group", "default security groups are closed", ingress=[], egress=[]),
        share("aws_cloudtrail", "trails record every region", is_multi_region_trail=True),
        share("aws_cloudwatch_metric_alarm", "alarms act", actions_enabled=True),
    ]


if __name__ == "__main__":
    main(sys.argv[1])
