"""Returns an object that says it is equal to whatever it is compared with.

stopped by: protocol
points: none
says: cannot be returned|is not a tensor|returned
"""


class Equal:
    shape = (3, 4)

    def __eq__(self, other):
        return True

    def __torch_function__(self, *_, **__):
        return True


def square(x):
    return Equal()
