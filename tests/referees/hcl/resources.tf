resource "terraform_data" "plain" {
  input = "a"
}

resource "terraform_data" "counted" {
  count = 2
  input = { index = count.index, other = terraform_data.plain.output }
}

resource "terraform_data" "each" {
  for_each = { one = 1, two = 2 }
  input    = "${each.key}=${each.value}"

  triggers_replace = [terraform_data.plain.output, each.key]
  depends_on       = [terraform_data.plain, terraform_data.counted[0]]
}

output "resources" {
  value = {
    counted = terraform_data.counted[*].output
    each    = { for k, r in terraform_data.each : k => r.output }
    first   = terraform_data.counted.0.output.index
    single  = terraform_data.each["one"].output
  }
  depends_on = [terraform_data.each]
}
