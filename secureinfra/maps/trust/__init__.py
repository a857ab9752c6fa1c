"""The trust map: who assumes which role, and who may do what on which resource."""
