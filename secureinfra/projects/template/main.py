"""What settings.yaml describes, as Terraform JSON: `cdktf synth`, or `python main.py`."""

from secureinfra import App, add_stacks

app = App()
add_stacks(app, "settings.yaml")
app.synth()
