"""A submission as bytes that travel and are kept: the files that a course could ask for.

Like an archive in memory, whatever it came as: a folder, a zip, loose files. What could not be read
travels too, with the reason, so that the verdict says it.
"""

from __future__ import annotations
