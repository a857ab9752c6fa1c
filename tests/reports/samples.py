"""Terraform to report on: insecure, with names that are not what they seem, and a waiver."""

from __future__ import annotations

import datetime
from pathlib import Path

from secureinfra.check.proofs.report import prove
from secureinfra.check.report import judge
from secureinfra.maps.network.draw import together
from secureinfra.maps.network.reading import network_facts
from secureinfra.maps.trust.draw import facts_of as trusts_of
from secureinfra.reports.costs import costs_of
from secureinfra.reports.facts import ReportFacts, facts_of
from secureinfra.reports.paths import Paths
from secureinfra.reports.reading import digests_of
from secureinfra.terraform.model.configuration import Configuration

INSECURE = """
variable "zone" {}
resource "aws_vpc" "main" { cidr_block = "10.0.0.0/16" }
resource "aws_internet_gateway" "main" { vpc_id = aws_vpc.main.id }
resource "aws_subnet" "public" {
  vpc_id                  = aws_vpc.main.id
  cidr_block              = "10.0.0.0/24"
  availability_zone       = "eu-central-1a"
  map_public_ip_on_launch = true
}
resource "aws_route_table" "public" {
  vpc_id = aws_vpc.main.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.main.id
  }
}
resource "aws_route_table_association" "public" {
  subnet_id      = aws_subnet.public.id
  route_table_id = aws_route_table.public.id
}
resource "aws_security_group" "web" {
  vpc_id      = aws_vpc.main.id
  description = "</style><script>alert(1)</script>"
  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_instance" "web" {
  ami                    = "ami-0123456789abcdef0"
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.public.id
  vpc_security_group_ids = [aws_security_group.web.id]
}
resource "aws_s3_bucket" "data" { bucket = "acme-data" }
resource "aws_s3_bucket_versioning" "data" {
  bucket = aws_s3_bucket.data.id
  versioning_configuration { status = var.zone }
}
resource "aws_s3_bucket_policy" "data" {
  bucket = aws_s3_bucket.data.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "${aws_s3_bucket.data.arn}/*" },
    ]
  })
}
resource "aws_db_instance" "orders" {
  engine         = "postgres"
  instance_class = "db.t3.micro"
  username       = "orders"
  password       = "hunter2hunter2"
}
"""
WAIVERS = """
- control: rds-instance-multi-az
  address: aws_db_instance.orders
  reason: a <b>test</b> database until the launch
  owner: platform
  until: "2026-12-20"
"""
TODAY = datetime.date(2026, 11, 30)


def facts(folder: Path, *, packs: tuple[str, ...] = ("all",), code: str = INSECURE) -> ReportFacts:
    """The facts of a report on the sample."""
    (folder / "infra").mkdir(exist_ok=True)
    (folder / "infra" / "main.tf").write_text(code)
    (folder / "waivers.yaml").write_text(WAIVERS)
    given = str(folder / "infra")
    configurations = Configuration.load(given)
    report = judge(configurations, packs, waivers=folder / "waivers.yaml")
    return facts_of(
        report,
        title="acme",
        date=TODAY,
        trusts=[trusts for one in configurations if not (trusts := trusts_of([one])).accounts[0].is_empty],
        maps=[held for one in configurations if (held := together([network_facts(one)])).vpcs],
        proofs=prove(configurations),
        costs=costs_of(configurations),
        digests=digests_of(configurations, Paths([given])),
        command="secureinfra report infra",
        paths=[given],
    )
