"""Quizzes: questions beside the code, in two TOML files per topic, and what an answer is worth.

``exercises/<topic>/quiz.toml`` asks and has a place for each answer; the same file under
``solutions/`` has the answers and a reason for every option. Both are read without torch; a snippet
that computes a number runs when its question has been answered, or when the course is audited.
"""

from grader.quiz.answers import written
from grader.quiz.computed import Known, Reference, computed, references
from grader.quiz.grading import grade
from grader.quiz.questions import Question, Quiz, load

__all__ = [
    "Known",
    "Question",
    "Quiz",
    "Reference",
    "computed",
    "grade",
    "load",
    "references",
    "written",
]
