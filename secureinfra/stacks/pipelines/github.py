"""A GitHub Actions workflow: checks every change; plans and applies one environment after the other."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from secureinfra.stacks.package_source import EXAMPLES, VARIABLE
from secureinfra.stacks.pipelines.plan import ENVIRONMENTS, Job, Plan

SIGNATURE = "# Written by secureinfra synth"
"""The first words of a workflow that may be overwritten."""

# docs.github.com/en/actions/reference/limits: a matrix has at most 256 jobs.
_MATRIX = 256

# Pinned to commits: an attacker who takes over the repository can move a tag to other code. All run on Node.js 24: runners
# have none of version 20 since September 2026. The workflow of new projects (`stacks/new/template`) has the same pins.
_CHECKOUT = "actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2"
_PYTHON = "actions/setup-python@a309ff8b426b58ec0e2a45f0f869d46889d02405 # v6.2.0"
_CREDENTIALS = "aws-actions/configure-aws-credentials@e6de054238d6b7531b4efff3b6587d9aade6a06c # v6.2.3"
_SETUP = {
    "terraform": "hashicorp/setup-terraform@5e8dbf3c6d9deaf4193ca7a8fb23f2ac83bb6c85 # v4.0.0",
    "tofu": "opentofu/setup-opentofu@a1320f892987e89d278cc92dc5adc984fb93aca4 # v2.0.2",
}

_INSTALL = f"""\
      - name: Install secureinfra
        run: |
          test -n "${VARIABLE}" || {{ echo "::error::set the variable {VARIABLE} of this repository, e.g. {EXAMPLES[0]}"; exit 1; }}
          pip install "${VARIABLE}"
"""

_HEAD = """\
{signature} from {settings}. Change that file, and run the command again with --pipeline github.
#
# No keys are stored here: jobs assume roles through OIDC. Environments of the repository: {environments}.
# Require reviewers for them (Settings, Environments): they see the plans before anything is applied.
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
  # The source of secureinfra for pip. The name alone would be looked up in the public index, where it is not registered.
  {variable}: {package}

jobs:
  # The committed stacks match the settings and break no control.
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
{install}      - run: secureinfra synth "$SETTINGS" --out "$OUT" --check --pipeline github{waivers}
      - run: secureinfra check "$OUT"/*/ --format github{waivers}
"""

# The first steps of a job on a root module, for plan and apply.
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
      - uses: {setup}
        with:
          {tool}_version: "~> 1.11"
          {tool}_wrapper: false
      - uses: {credentials}
        with:
          role-to-assume: ${{{{ matrix.role }}}}
          aws-region: ${{{{ matrix.region }}}}
      - run: {tool} init -input=false
"""

_PLAN = (
    """
  {id}:
    needs: [{needs}]
    if: github.event_name == 'push'
    runs-on: ubuntu-latest
"""
    + _ON_A_ROOT
    + """      # No lock: a role that can write a lock file can also delete the lock of a running apply.
      - run: {tool} plan -input=false -lock=false -out=plan.bin
      - run: {tool} show -json plan.bin > plan.json
      - uses: {python}
        with:
          python-version: "3.12"
{install}      # Check values that are known only in the plan.
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
    + """      # Not the plan of the previous job: it contains secrets in plain text, and would have to be stored in between.
      - run: {tool} apply -input=false -auto-approve
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
        "variable": VARIABLE,
        "package": _scalar(plan.package) if plan.package else f"${{{{ vars.{VARIABLE} }}}}",
        "install": _INSTALL,
        "waivers_file": _scalar(plan.waivers or ""),
        "waivers": ' --waivers "$WAIVERS"' if plan.waivers else "",
        "plan_waivers": ' --waivers "$GITHUB_WORKSPACE/$WAIVERS"' if plan.waivers else "",
        "checkout": _CHECKOUT,
        "python": _PYTHON,
        "credentials": _CREDENTIALS,
        "setup": _SETUP[plan.tool],
        "tool": plan.tool,
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
    """A text in YAML: JSON's quoting is valid YAML."""
    return json.dumps(text, ensure_ascii=False)
