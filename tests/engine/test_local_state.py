"""State of stacks without a backend: in the working folder as before, by a path without the machine's folders."""

import json
import subprocess
import sys
from pathlib import Path

PROGRAM = """
from secureinfra import App, AwsProvider, AwsProviderConfig, SecureKey, SecureTopic, TerraformStack

app = App()
one, two = TerraformStack(app, "one"), TerraformStack(app, "two")
for stack in (one, two):
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1"))
SecureTopic(two, "news", key=SecureKey(one, "data"))
app.synth()
"""


def test_no_folder_of_the_machine_is_written(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(PROGRAM)
    subprocess.run([sys.executable, "main.py"], check=True, cwd=tmp_path, capture_output=True)
    for name in ("one", "two"):
        file = tmp_path / "cdktf.out" / "stacks" / name / "cdk.tf.json"
        assert str(tmp_path) not in file.read_text()
        document = json.loads(file.read_text())
        path = document["terraform"]["backend"]["local"]["path"]
        # The same file as the engine's absolute path.
        assert (file.parent / path).resolve() == (tmp_path / f"terraform.{name}.tfstate").resolve()
    (read,) = document["data"]["terraform_remote_state"].values()
    assert (file.parent / read["config"]["path"]).resolve() == (tmp_path / "terraform.one.tfstate").resolve()
