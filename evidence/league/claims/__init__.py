"""What the league compares: a protocol for each target at equal steps, and at equal cost."""
