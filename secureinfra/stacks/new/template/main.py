"""Builds settings.yaml as Terraform JSON: run `cdktf synth` or `python main.py`."""

from secureinfra import App, add_stacks

app = App()
add_stacks(app, "settings.yaml")
app.synth()
