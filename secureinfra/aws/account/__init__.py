"""What an account sets once, in itself or in each of its regions."""
