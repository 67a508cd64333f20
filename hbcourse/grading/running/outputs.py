"""What a cell prints and shows, kept in bounds; and the two streams that it prints on."""

import codecs
import io
from base64 import b64encode
from collections.abc import Callable
from typing import Any

from .wire import Message

#: Characters of output that a cell may leave.
MAX_OUTPUT = 200_000
_MAX_OUTPUTS = 200


class Outputs:
    """The outputs of one cell, in nbformat's form, as long as they are not too many."""

    def __init__(self, room: int = MAX_OUTPUT) -> None:
        self.cells: list[Message] = []
        self.room = room

    def add(self, kind: str, size: int, **content: object) -> None:
        if self.room > 0 and len(self.cells) < _MAX_OUTPUTS:
            self.cells.append({"output_type": kind, **content})
            self.room -= size
            if self.room <= 0 or len(self.cells) == _MAX_OUTPUTS:
                self.cells.append({"output_type": "stream", "name": "stderr", "text": "[More output was left out.]\n"})

    def write(self, name: str, text: str) -> None:
        text = text[: max(self.room, 0)]
        last = self.cells[-1] if self.cells else {}
        if last.get("output_type") == "stream" and last.get("name") == name and self.room > len(text):
            last["text"] += text
            self.room -= len(text)
        elif text:
            self.add("stream", len(text), name=name, text=text)

    def show(self, kind: str, data: dict[str, Any]) -> None:
        texts = {kind: b64encode(entry).decode() if isinstance(entry, bytes) else entry for kind, entry in data.items()}
        data = {kind: entry for kind, entry in texts.items() if isinstance(entry, str)}
        # What is too large, such as a great picture, is shown as text.
        size = sum(map(len, data.values()))
        if size > 10 * MAX_OUTPUT:
            data, size = {"text/plain": data.get("text/plain", "[Left out: too large.]")}, 0
        self.add(kind, size // 10, data=data)


class Stream(io.TextIOBase):
    """Standard output or error of a notebook: text goes to the outputs of the cell that runs.

    ``descriptor`` is 1 or 2; what is written there by other means than this object is dropped, as is all that is
    written while ``outputs`` have no room.
    """

    encoding, errors, newlines, line_buffering = "utf-8", "backslashreplace", None, False

    def __init__(self, descriptor: int, outputs: Callable[[], Outputs]) -> None:
        self.descriptor, self.outputs = descriptor, outputs
        self.name = "<stdout>" if descriptor == 1 else "<stderr>"
        self.mode = "w"
        self.buffer = _Bytes(self)

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        # Half of a pair of characters cannot be saved.
        fit = text.encode(self.encoding, self.errors).decode(self.encoding)
        self.outputs().write(self.name.strip("<>"), fit)
        return len(text)

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self.descriptor

    def reconfigure(self, **options: object) -> None:
        """Take what a console's stream takes; text is text here."""

    def close(self) -> None:
        """Stay open, for the cells that follow."""


class _Bytes(io.BufferedIOBase):
    """The bytes below a stream of text."""

    mode = "wb"

    def __init__(self, stream: Stream) -> None:
        self.raw, self.name, self._stream = self, stream.name, stream
        self._decoder = codecs.getincrementaldecoder(stream.encoding)("replace")

    def write(self, content: Any) -> int:
        with memoryview(content) as view:
            self._stream.write(self._decoder.decode(view.tobytes()))
            return view.nbytes

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._stream.fileno()

    def close(self) -> None:
        """Stay open, as the stream does."""
