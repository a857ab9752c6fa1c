# hash
// slashes
/* a block
   of lines */
output "comments" { # after the brace
  # before
  value = { // after
    a = 1 # one
    /* between */ b = /* inside */ 2
    c = "no # comment // here /* nor here */"
    d = [ # list
      1, # first
      // only a comment
      2, /* second */
    ]
    e = 1 + /* within */ 2 # end
    f = upper( # argument
      "x" # last
    )
  }
  /* end */
} # trailing
