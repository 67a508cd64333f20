"""Answers with objects that run a program when they are unpickled, copied or deleted elsewhere."""

BASE = "blank"
ANSWERS = {
    "number": """
import os

class Parcel(float):
    __reduce__ = lambda self: (os.system, ("touch /tmp/hbattack-pickle",))
    __reduce_ex__ = lambda self, protocol: self.__reduce__()
    __copy__ = lambda self: os.system("touch /tmp/hbattack-copy")
    __deepcopy__ = lambda self, memo: self.__copy__()
    __getstate__ = __copy__

number = Parcel(1.0)
share = np.array([Parcel(1.0)] * 4, dtype=object)
""",
    "double": "def double(x):\n    return [Parcel(x)]",
}
POINTS = 0
REASON = "number is not right: it is 1."
