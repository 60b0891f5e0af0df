"""What treats a topic: the lessons of a course, by name."""

from __future__ import annotations

import re
from typing import Final

from grader.cohort.statistics import Lesson
from grader.course import Course

_HEADLINE: Final = re.compile(r"^#[ \t]+(.+?)[ \t#]*$", re.M)


def lessons_of(course: Course) -> dict[str, Lesson]:
    """Topic → its lesson, for every topic with a lesson; the topic's name stands for a headline."""
    found: dict[str, Lesson] = {}
    for topic in course.topics:
        readme = course.exercises / topic / "README.md"
        if readme.is_file():
            headline = _HEADLINE.search(readme.read_text(encoding="utf-8", errors="replace"))
            title = headline[1] if headline else topic
            file = f"{course.exercises.name}/{topic}/{readme.name}"
            found[topic] = Lesson(topic=topic, title=title, file=file)
    return found
