"""The name under which the notebooks import the checks and the quiz of `ganlab.course`."""

from ganlab.course.exercises import Hint, Quiz, check, close, exercise, progress, quiz, verdict

__all__ = ["Hint", "Quiz", "check", "close", "exercise", "progress", "quiz", "verdict"]
