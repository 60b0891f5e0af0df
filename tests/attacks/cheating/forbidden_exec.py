r"""Runs the forbidden function from text that it unpacks, under the name of another file.

stopped by: comparison
answers: mean
points: none
says: uses mean at line \d+, which this exercise asks you to write yourself
"""

import base64

TEXT = base64.b64decode(b"aW1wb3J0IHRvcmNoCmRlZiBzZWNyZXQoeCk6CiAgICByZXR1cm4gdG9yY2gubWVhbih4KQo=")


def mean(x):
    names = {}
    exec(compile(TEXT, "/usr/lib/python3/torch/functional.py", "exec"), names)
    return names["secret"](x)
