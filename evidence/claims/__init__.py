"""What is claimed: protocols by subject, each file's in its tuple `PROTOCOLS`."""
