"""Never comes back.

stopped by: wall clock
points: none
says: it did not finish within 3 s|used up 3 s of processor time
"""


def square(x):
    while True:
        pass
