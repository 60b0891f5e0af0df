"""Hands its inputs in at a web server, with nothing but the standard library.

stopped by: system calls
points: none
says: URLError at line .* Operation not permitted
"""

import urllib.request


def square(x):
    urllib.request.urlopen("http://127.0.0.1:@TCP@/", data=str(x).encode(), timeout=1)
    return x * x
