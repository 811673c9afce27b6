"""What the course's claims rest on: trainings, outcomes, and the claims that compare them."""
