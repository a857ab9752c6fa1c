"""A workflow of GitHub Actions: checked on every change; planned and applied one environment after the other."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from secureinfra import __version__
from secureinfra.projects.pipeline import ENVIRONMENTS, SIGNATURE, Job, Plan

# docs.github.com/en/actions/reference/limits: a matrix makes at most 256 jobs.
_MATRIX = 256

# By commit, since a tag can be moved to other code by whoever takes over the repository.
_CHECKOUT = "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2"
_PYTHON = "actions/setup-python@a26af69be951a213d495a4c3e4e4022e16d87065 # v5"
_CREDENTIALS = "aws-actions/configure-aws-credentials@7474bc4690e29a8392af63c5b98e7449536d5c3a # v4.3.1"
_TERRAFORM = "hashicorp/setup-terraform@b9cd54a3c349d3f38e8881555d616ced269862dd # v3.1.2"

_HEAD = """\
{signature} from {settings}. Change that, and run it again with --pipeline github.
#
# Nothing here holds a key: jobs take on roles by OIDC. Environments of the repository: {environments}.
# Let reviewers approve them (Settings, Environments): they see the plans before anything is applied.
name: {name}

on:
  pull_request:
  push:
    branches: [{branch}]

permissions: {{}}

concurrency:
  group: {name}-${{{{ github.ref }}}}
  cancel-in-progress: false

env:
  SETTINGS: {settings}
  OUT: {out}
  WAIVERS: {waivers_file}

jobs:
  # What is committed is what the settings say, and it breaks no control.
  check:
    runs-on: ubuntu-latest
    permissions:
      contents: read
    steps:
      - uses: {checkout}
        with:
          persist-credentials: false
      - uses: {python}
        with:
          python-version: "3.12"
      - run: pip install 'secureinfra[node]=={version}'
      - run: secureinfra synth "$SETTINGS" --out "$OUT" --check --pipeline github{waivers}
      - run: secureinfra check "$OUT"/*/ --format github{waivers}
"""

# How a job begins to work on a root, whether it plans or applies.
_ON_A_ROOT = """    permissions:
      contents: read
      id-token: write
    strategy:
      fail-fast: false
      matrix:
        include:
{matrix}
    defaults:
      run:
        working-directory: ${{{{ matrix.directory }}}}
    steps:
      - uses: {checkout}
        with:
          persist-credentials: false
      - uses: {terraform}
        with:
          terraform_version: "~> 1.11"
          terraform_wrapper: false
      - uses: {credentials}
        with:
          role-to-assume: ${{{{ matrix.role }}}}
          aws-region: ${{{{ matrix.region }}}}
      - run: terraform init -input=false
"""

_PLAN = (
    """
  {id}:
    needs: [{needs}]
    if: github.event_name == 'push'
    runs-on: ubuntu-latest
"""
    + _ON_A_ROOT
    + """      # Whoever plans may not lock: who can write a lock can delete another's too.
      - run: terraform plan -input=false -lock=false -out=plan.bin
      - run: terraform show -json plan.bin > plan.json
      - uses: {python}
        with:
          python-version: "3.12"
      - run: pip install 'secureinfra=={version}'
      # What only a plan knows is judged here.
      - run: secureinfra check plan.json --format github{plan_waivers}
"""
)

_APPLY = (
    """
  {id}:
    needs: [{needs}]
    runs-on: ubuntu-latest
    environment: {environment}
"""
    + _ON_A_ROOT
    + """      # Not the plan of the job before: a plan holds secrets in the clear, and would have to be kept in between.
      - run: terraform apply -input=false -auto-approve
"""
)


def workflow(plan: Plan) -> str:
    """The workflow: check, then for each environment plan and apply, sandbox first and production last."""
    words = {
        "signature": SIGNATURE,
        "name": plan.name,
        "settings": _scalar(plan.settings),
        "out": _scalar(plan.out),
        "branch": _scalar(plan.branch),
        "version": __version__,
        "waivers_file": _scalar(plan.waivers or ""),
        "waivers": ' --waivers "$WAIVERS"' if plan.waivers else "",
        "plan_waivers": ' --waivers "$GITHUB_WORKSPACE/$WAIVERS"' if plan.waivers else "",
        "checkout": _CHECKOUT,
        "python": _PYTHON,
        "credentials": _CREDENTIALS,
        "terraform": _TERRAFORM,
    }
    used = [environment for environment in ENVIRONMENTS if plan.of(environment)]
    parts = [_HEAD.format(**words, environments=", ".join(used))]
    before = ["check"]
    for environment in used:
        shares = list(_shares(plan.of(environment)))
        plans = [_id("plan", environment, number) for number in range(len(shares))]
        applies = [_id("apply", environment, number) for number in range(len(shares))]
        for id, jobs in zip(plans, shares, strict=True):
            matrix = _matrix(plan, jobs, [job.plan_role_arn for job in jobs])
            parts.append(_PLAN.format(**words, id=id, needs=", ".join(before), matrix=matrix))
        for id, jobs in zip(applies, shares, strict=True):
            matrix = _matrix(plan, jobs, [job.apply_role_arn for job in jobs])
            needs = ", ".join(plans)
            parts.append(_APPLY.format(**words, id=id, needs=needs, environment=environment, matrix=matrix))
        before = applies
    return "".join(parts)


def _shares(jobs: Sequence[Job]) -> Iterator[Sequence[Job]]:
    yield from (jobs[start : start + _MATRIX] for start in range(0, len(jobs), _MATRIX))


def _id(verb: str, environment: str, number: int) -> str:
    return f"{verb}-{environment}" if number == 0 else f"{verb}-{environment}-{number + 1}"


def _matrix(plan: Plan, jobs: Sequence[Job], roles: Sequence[str]) -> str:
    lines = []
    for job, role in zip(jobs, roles, strict=True):
        held = {"stack": job.stack, "directory": f"{plan.out}/{job.stack}", "region": job.region, "role": role}
        lines.append(f"          - {{{', '.join(f'{key}: {_scalar(value)}' for key, value in held.items())}}}")
    return "\n".join(lines)


def _scalar(text: str) -> str:
    """A text as YAML has it: JSON's way of quoting is one of YAML's."""
    return json.dumps(text, ensure_ascii=False)
