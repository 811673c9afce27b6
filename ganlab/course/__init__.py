"""What the notebooks hand to a reader: exercises with their checks, a quiz, and explorers."""
