"""Settings files for tests: one stack, and a fleet."""

from __future__ import annotations

from pathlib import Path

from secureinfra.files.yaml import assign, parse
from secureinfra.stacks.fleet import Source
from secureinfra.stacks.settings import Project, project_of

STACK = """\
blueprint: data-lake
name: lake
provider:
  region: eu-central-1
  owner: data
  environment: sandbox
settings:
  people: {kind: account, account_id: "111122223333", mfa: true}
"""

FLEET = """\
blueprint: data-lake
name: lake
provider:
  region: eu-central-1
  owner: data
  environment: sandbox
  assume_role: {role_arn: "arn:aws:iam::{account}:role/deploy"}
backend:
  bucket: acme-state-{account}
  key: "{name}/{target}.tfstate"
  region: "{region}"
  kms_key_id: arn:aws:kms:{region}:{account}:key/11111111-2222-4333-8444-555555555555
permissions_boundary: arn:aws:iam::{account}:policy/boundary
pipeline:
  plan_role_arn: arn:aws:iam::{account}:role/plan
  apply_role_arn: arn:aws:iam::{account}:role/apply-{environment}
settings:
  people: {kind: account, account_id: "111122223333", mfa: true}
  trail_retention_days: 400
targets:
  - name: first
    account: "111111111111"
  - name: second
    account: "222222222222"
    region: eu-west-1
    environment: production
    tags: {cost-center: "42"}
    settings: {trail_retention_days: 500}
  - name: third
    account: "333333333333"
    backend: {key: elsewhere.tfstate}
"""


def project(text: str = STACK, *assignments: str) -> Project:
    """The project of a settings file."""
    return project_of(assign(parse(text, "settings.yaml"), assignments))


def source(text: str = STACK, *assignments: str, waivers: Path | None = None) -> Source:
    """What its processes read."""
    return Source(text, "settings.yaml", assignments, waivers)
