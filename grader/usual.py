"""How a submission is graded where nobody says otherwise: what commands show in their help.

It imports nothing, so that a command that only shows its help has nothing to wait for.
"""

from __future__ import annotations

from typing import Final

TIME_LIMIT_S: Final = 10.0
"""What an exercise may take at a terminal and under pytest, wall and processor time."""

LEVELS: Final = ("full", "own_output", "property", "verdict")
"""How much students see of a case, from all that is known to the least; see `Feedback`."""
