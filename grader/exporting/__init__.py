"""What a CI or a platform needs to grade with a course, ready to copy."""

from grader.exporting.delivery import deliver
from grader.exporting.parcel import File, pack
from grader.exporting.requirement import Requirement, required
from grader.exporting.targets import TARGETS, Target

__all__ = ["TARGETS", "File", "Requirement", "Target", "deliver", "pack", "required"]
