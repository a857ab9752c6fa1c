"""Speed of stacks of services, as whole processes: part of `make bench`.

Processor time of a process and all that it starts, which other work on the machine changes least; the smallest of several runs by
turns.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
RUNS = int(os.environ.get("RUNS", "5"))
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
    "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "blueprints"))),
}

# The blueprint as `secureinfra new` begins with it.
BLUEPRINT = """
from secureinfra import App, AwsProvider, AwsProviderConfig, TerraformStack
from secureinfra.stacks.new.example import example_of
from secureinfra_blueprints.container_service import ContainerService, ContainerServiceConfig
app = App()
stack = TerraformStack(app, "shop")
AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="shop", environment="production"))
ContainerService(stack, "shop", example_of(ContainerService, ContainerServiceConfig))
app.synth()
"""
SERVICES = """
from secureinfra import App, AwsProvider, AwsProviderConfig, EcsCluster, EcsService, EcsServiceConfig
from secureinfra import Repository, SecureVpc, TerraformStack, VpcConfig
app = App()
stack = TerraformStack(app, "services")
AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="shop", environment="production"))
network = SecureVpc(stack, "network", VpcConfig(cidr="10.20.0.0/16", endpoints=("containers",)))
cluster, images = EcsCluster(stack, "cluster"), Repository(stack, "images")
config = EcsServiceConfig(image=images.image("1"), port=8443)
for number in range({count}):
    EcsService(stack, f"s{{number}}", config, cluster=cluster, vpc=network, repository=images)
app.synth()
"""


def processor_seconds(command: list[str], folder: str) -> float:
    """What a process and all below it compute."""
    before = os.times()
    subprocess.run(
        command, cwd=folder, env=ENVIRONMENT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def measured(commands: dict[str, list[str]], folder: str) -> dict[str, float]:
    """The smallest time of each, by turns, after a first run that compiles."""
    runs = [{name: processor_seconds(command, folder) for name, command in commands.items()} for _ in range(RUNS + 1)]
    return {name: min(run[name] for run in runs[1:]) for name in commands}


def line(what: str, value: str, target: str, met: bool) -> None:
    print(f"{what:<58} {value:>24}   {target:<12} {'ok' if met else 'MISSED'}", flush=True)


def main() -> None:
    """Print the figures beside the targets."""
    print(f"services, processor time, the smallest of {RUNS} whole processes\n", flush=True)
    quickstart = [sys.executable, str(ROOT / "examples" / "quickstart" / "main.py")]
    with tempfile.TemporaryDirectory() as folder:
        times = measured({"quickstart": quickstart, "blueprint": [sys.executable, "-c", BLUEPRINT]}, folder)
        ratio = times["blueprint"] / times["quickstart"]
        line("container-service / quickstart", f"{times['blueprint']:.2f} s = {ratio:.2f} x", "<= 2 x", ratio <= 2)
        counts = (0, 50, 100, 200)
        many = {str(count): [sys.executable, "-c", SERVICES.format(count=count)] for count in counts}
        start, *found = measured(many, folder).values()
        # What the stack costs without a service is taken off.
        half, whole, twice = (seconds - start for seconds in found)
        for name, more, less in (("100 services / 50", whole, half), ("200 services / 100", twice, whole)):
            line(f"{name} (start-up taken off)", f"{more:.2f} s = {more / less:.2f} x", "<= 2.2 x", more / less <= 2.2)


if __name__ == "__main__":
    main()
