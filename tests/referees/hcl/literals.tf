output "literals" {
  value = {
    whole    = 42
    negative = -7
    zero     = 0
    decimal  = 0.1
    small    = 1.5e-3
    large    = 12345678901234567890123
    precise  = 1.23456789012345678901234567890
    exponent = 1e3
    padded   = 007
    yes      = true
    no       = false
    nothing  = null
    text     = "plain"
    empty    = ""
    none     = []
    blank    = {}
  }
}
