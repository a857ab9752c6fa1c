"""Standing theorems: what must hold in every configuration, each with a proof or a counterexample."""
