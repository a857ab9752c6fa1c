"""The blueprint in a program of its own, for a first try."""

from acme_blueprints.documents import Documents, DocumentsConfig

from secureinfra import App, AwsProvider, AwsProviderConfig, TerraformStack

app = App()
stack = TerraformStack(app, "blueprint")
AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="legal", environment="production"))
Documents(stack, "contracts", DocumentsConfig(folders=("in", "out"), writable=("out",)))

app.synth()
