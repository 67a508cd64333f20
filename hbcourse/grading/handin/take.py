"""One call for one hand-in: from the folder in which it lies to what is run, and what must be said of it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from nbformat import NotebookNode

from . import files, identity, reading
from .files import Rejected
from .rebuild import rebuild

if TYPE_CHECKING:
    from ..course.template import Template


@dataclass(frozen=True)
class HandIn:
    """What was handed in, ready to run.

    Attributes
    ----------
    digest : str
        Changes when anything changes that was handed in.
    notebook : NotebookNode
        The released notebook, with the student's text in it.
    files : mapping from path to content
        What lies beside it and goes along.
    remarks : tuple of str
        What its student and the instructor must know of it, in sentences.
    """

    digest: str
    notebook: NotebookNode
    files: Mapping[str, bytes] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


def take(folder: Path, template: "Template", others: Mapping[str, str]) -> HandIn:
    """What lies in ``folder``, which has the name of its assignment, or :class:`Rejected`.

    ``others`` has the names and titles of the course's other assignments.
    """
    path, remarks = files.find(folder, folder.name)
    known = identity.Known(template.notebook)
    try:
        content = files.content(path)
        submitted = reading.parse(content, files.shown(path.name))
        if problem := identity.foreign(submitted, known, folder.name, others):
            raise Rejected(problem)
    except Rejected as rejection:
        # That it should have another name is then no advice.
        others_there = remarks[path.name != f"{folder.name}.ipynb" :]
        raise Rejected(" ".join([str(rejection), *others_there])) from None
    beside = files.beside(folder, template.files, path.name)
    notebook, more = rebuild(template.notebook, known, submitted)
    remarks = [*remarks, *submitted.remarks, *beside.remarks]
    digest = hashlib.sha256(content)
    digest.update("".join(remarks).encode())
    for name, data in sorted(beside.files.items()):
        digest.update(f"{name} {len(data)} ".encode() + data)
    # It may look for its own file too.
    own = {path.name: content} if len(content) <= files.MAX_FILE and path.name.isprintable() else {}
    return HandIn(digest.hexdigest(), notebook, beside.files | own, (*remarks, *more))
