output "escapes" {
  value = [
    "quote \" backslash \\ newline \n tab \t return \r",
    "unicode \u00e9 \U0001F600 é 😀",
    "windows C:\\temp\\new",
    "slash-n as it is: \\n",
    "regex ^[a-z]+\\.\\d{2}$",
    "a single $ and a % and $5 and 100%",
    "$$ and %% and $$$",
    "dollar before brace by escape \u0024{local.nothing} \u0025{ if }",
    "ends with $",
    "percent %",
  ]
}
