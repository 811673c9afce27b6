"""What the league compares: protocols for each contestant, at equal steps and at equal cost."""
