"""What the user sees: each writer is a pure function of a `grader.result.Result`.

`html` is the report and a notebook's cell, `terminal` the verdict as text, `watching` the frame
around it while a learner works, `practice` a quiz and a review. `formats` lists those for CI and
for other programmes; `checks` is the result as most of them see it.
"""
