"""One file for each construct that can be adopted: which resources it stands for, and with which settings."""
