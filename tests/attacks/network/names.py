"""Looks a name up, through which a few bytes could leave with every question.

stopped by: named files
points: none
says: gaierror at line
"""

# A name of this machine: nothing leaves it, whatever happens. Neither the files that a lookup
# starts with nor the socket that it goes on with can be had.
import socket


def square(x):
    print("REACHED", socket.gethostbyname("localhost"))
    return x * x
