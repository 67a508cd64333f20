"""What lies in a hand-in's folder: the notebook is found, files go along, and neither links nor pipes are followed."""

import os

import pytest

from hbcourse.grading.handin import files
from hbcourse.grading.handin.files import Rejected


def filled(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return folder


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
def test_what_is_no_file_is_not_read(tmp_path):
    path = tmp_path / "hw.ipynb"
    with pytest.raises(Rejected, match=r"hw\.ipynb is missing"):
        files.content(path)
    path.symlink_to("/etc/passwd")
    with pytest.raises(Rejected, match="is not a file that can be read"):
        files.content(path)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(Rejected, match="is not a file"):
        files.content(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(Rejected, match="is not a file"):
        files.content(path)


@pytest.mark.parametrize(
    "name",
    [
        "hw.ipynb",
        "HW.IPYNB",
        "hw.ipynb.txt",
        "hw.ipynb.json.download",
        "hw (1).ipynb",
        "hw(12).ipynb",
        "hw-Copy1.ipynb",
        "hw - Copy.ipynb",
        "hw_copy.ipynb",
        "Copy of hw.ipynb",
        "Copy of hw (2).ipynb.txt",
    ],
)
def test_copies_and_renamed_files_are_known(tmp_path, name):
    filled(tmp_path, name, "notes.txt", ".ipynb_checkpoints/hw-checkpoint.ipynb")
    path, remarks = files.find(tmp_path, "hw")
    assert path.name == name
    assert remarks == ([] if name == "hw.ipynb" else [f"{name} was used; the file should be called hw.ipynb."])


def test_of_several_other_notebooks_none_is_chosen(tmp_path):
    filled(tmp_path, "a.ipynb", "b.ipynb")
    with pytest.raises(Rejected) as caught:
        files.find(tmp_path, "hw")
    assert str(caught.value) == (
        "hw.ipynb is missing; there are a.ipynb and b.ipynb: hand in the one that counts, with that name."
    )


@pytest.mark.parametrize("spoil", ["touch", "mkdir", "symlink"])
def test_a_copy_is_used_where_the_file_itself_cannot_be(tmp_path, spoil):
    filled(tmp_path, "hw (1).ipynb")
    expected = tmp_path / "hw.ipynb"
    expected.symlink_to("/etc/passwd") if spoil == "symlink" else getattr(expected, spoil)()
    path, remarks = files.find(tmp_path, "hw")
    assert path.name == "hw (1).ipynb"
    assert remarks[0] == "hw (1).ipynb was used; the file should be called hw.ipynb."


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], "its folder is empty"),
        (["hw.ipynb/hw.ipynb"], "there is hw.ipynb/hw.ipynb: hand in the notebook itself, not a folder with it"),
        ([".ipynb_checkpoints/hw-checkpoint.ipynb"], "there is .ipynb_checkpoints: hand in the notebook, which is"),
        (["._hw.ipynb"], "there is ._hw.ipynb: hand in the notebook, which is called hw.ipynb"),
        (["hw.docx"], "there is hw.docx, which is a text: hand in the notebook itself"),
        ([".git/config"], "there is .git: hand in the notebook"),
    ],
)
def test_what_lies_there_in_place_of_the_notebook_is_named(tmp_path, names, said):
    filled(tmp_path, *names)
    with pytest.raises(Rejected) as caught:
        files.find(tmp_path, "hw")
    assert said in str(caught.value)


def test_a_hidden_notebook_is_used(tmp_path):
    filled(tmp_path, ".hw.ipynb", "._hw.ipynb")
    assert files.find(tmp_path, "hw")[0].name == ".hw.ipynb"


def test_files_go_along_as_they_lie(tmp_path):
    names = ("a.csv", "data/b.csv", "data/more/c.py", ".hidden.csv", "helpers.ipynb", "data/x (1).IPYNB")
    filled(tmp_path, "hw.ipynb", *names)
    filled(tmp_path, ".git/config", "__pycache__/a.pyc", "__MACOSX/._a.csv", "timestamp.txt", "data/.DS_Store")
    filled(tmp_path, "._a.csv", ".ipynb_checkpoints/hw-checkpoint.ipynb")
    (tmp_path / "link.csv").symlink_to("/etc/passwd")
    (tmp_path / "linked").symlink_to("/etc")
    os.mkfifo(tmp_path / "pipe")
    found = files.beside(tmp_path, [], "hw.ipynb")
    assert found.files == {name: name.encode() for name in names}
    assert found.remarks == []


def test_nothing_goes_along_in_place_of_the_exercises_own(tmp_path):
    filled(tmp_path, "numbers.txt", "more", "data/a.csv", "data/b.csv", "mine/x.txt")
    assert set(files.beside(tmp_path, ["numbers.txt", "data/a.csv", "more/b.txt", "mine"]).files) == {"data/b.csv"}


def test_number_and_size_are_bounded_and_it_is_said(tmp_path, monkeypatch):
    for name, most in (("MAX_FILES", 3), ("MAX_FILE", 100), ("MAX_BESIDE", 150)):
        monkeypatch.setattr(files, name, most)
    for number, size in enumerate((90, 120, 50, 90, 1, 1)):
        (tmp_path / f"{number}.csv").write_bytes(bytes(size))
    found = files.beside(tmp_path, [])
    assert list(found.files) == ["0.csv", "2.csv", "4.csv"]
    assert [remark.partition(":")[0] for remark in found.remarks] == [
        "1.csv was left out",
        "3.csv was left out",
        "Of the files beside the notebook only the first 3 were used.",
    ]


@pytest.mark.skipif(os.name != "posix", reason="elsewhere names are text")
def test_a_name_that_is_no_text_is_shown_and_left_out(tmp_path):
    (tmp_path / os.fsdecode(b"L\xf6sung.csv")).write_text("x")
    (tmp_path / "a\u202eb\n.csv").write_text("x")
    found = files.beside(tmp_path, [])
    assert found.files == {}
    assert sorted(remark.partition(" ")[0] for remark in found.remarks) == ["L\ufffdsung.csv", "a\ufffdb\ufffd.csv"]


def test_a_folder_without_end_is_not_walked_to_its_end(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "_MAX_ENTRIES", 50)
    filled(tmp_path, *(f"{number}/{number}.txt" for number in range(100)), "/".join("abcdefgh") + "/deep.txt")
    assert len(files.beside(tmp_path, []).files) <= 50
