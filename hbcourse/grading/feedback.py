"""Where the settings of older courses find how feedback is shortened."""

from .shown.feedback import ShortErrors

__all__ = ["ShortErrors"]
