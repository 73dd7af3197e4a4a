"""One side's folder: each step in its turn, each file checked, nothing told too early."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from dataclasses import replace as changed
from pathlib import Path

import pytest

from visavis.errors import BadFileError, SealError, UsageError
from visavis.sheets import exchange
from visavis.sheets._letters import Letter, read_letter, write_letter
from visavis.sheets.sealing import seal as sealed_body

SIDES = ("JPN", "KOR")
SHEET, OTHER = "ab" * 32, "cd" * 32
GIVE: dict[str, Callable[[Path], exchange.Done]] = {
    "commitment": exchange.commit,
    "box": exchange.box,
    "key": exchange.key,
}


@dataclass
class Two:
    """Two sides' folders."""

    folders: dict[str, Path]

    def give(self, side: str, kind: str) -> Path:
        path = GIVE[kind](self.folders[side]).path
        assert path is not None
        return path

    def hand_over(self, *kinds: str) -> None:
        for kind in kinds:
            paths = {side: self.give(side, kind) for side in SIDES}
            exchange.take(self.folders["JPN"], paths["KOR"])
            exchange.take(self.folders["KOR"], paths["JPN"])


def _body(side: str) -> dict[str, object]:
    return {"side": side, "answers": [f"canary-{side}", 1, 0.5]}


def _seal(folder: Path, side: str, sheet: str = SHEET, purpose: str = "answers", wave: int = 1) -> exchange.Done:
    return exchange.seal(folder, _body(side), sheet=sheet, sides=SIDES, side=side, purpose=purpose, wave=wave)


@pytest.fixture
def two(tmp_path: Path) -> Two:
    folders = {side: tmp_path / side / "exchange" for side in SIDES}
    for side, folder in folders.items():
        _seal(folder, side)
    return Two(folders)


def _check(act: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(SealError) as raised:
        act()
    return raised.value.check, str(raised.value)


def _forged(path: Path, **changes: object) -> Path:
    """The same file with other contents and a mended checksum."""
    forged = path.with_name("forged.json")
    forged.write_bytes(write_letter(changed(read_letter(path.read_bytes(), "x"), **changes)))  # type: ignore[arg-type]
    return forged


def test_two_sides_come_to_the_same_two_bodies(two: Two) -> None:
    two.hand_over("commitment", "box", "key")
    opened = [exchange.open_both(folder) for folder in two.folders.values()]
    assert opened[0].bodies == opened[1].bodies == {side: _body(side) for side in SIDES}
    assert list(opened[0].bodies) == list(SIDES)
    assert [exchange.status(folder).next for folder in two.folders.values()] == ["open", "open"]


def test_status_says_where_one_stands_and_every_step_what_comes_next(two: Two, tmp_path: Path) -> None:
    folder, other = two.folders["KOR"], two.folders["JPN"]
    assert exchange.status(tmp_path / "empty").next == "seal"
    assert exchange.status(folder).next == "commit"
    assert exchange.commit(folder).next == "take commitment"
    fingerprint = exchange.status(folder).fingerprints["KOR"]
    assert fingerprint in exchange.status(folder).says
    assert exchange.take(other, two.give("KOR", "commitment")).says.count(fingerprint) == 0
    exchange.commit(other)
    assert exchange.status(other).fingerprints["KOR"] == fingerprint
    assert fingerprint in exchange.status(other).says
    assert exchange.take(folder, two.give("JPN", "commitment")).next == "box"
    assert exchange.box(folder).next == "take box"
    assert exchange.take(folder, two.give("JPN", "box")).next == "key"
    exchange.take(other, two.give("KOR", "box"))
    assert exchange.key(folder).next == "take key"
    done = exchange.take(folder, two.give("JPN", "key"))
    assert done.next == "open"
    standing = exchange.status(folder)
    assert standing.given == standing.taken == ("commitment", "box", "key")
    assert standing.terms == "JPN and KOR, answers, wave 1, sheet abababababab"


def test_steps_out_of_turn_are_refused_and_say_which_is_next(two: Two) -> None:
    mine = two.folders["KOR"]
    for step in (exchange.box, exchange.key, exchange.open_both):
        check, told = _check(lambda step=step: step(mine))  # type: ignore[misc]
        assert check == "order"
        assert told.endswith("Next: commit.")
    two.hand_over("commitment")
    with pytest.raises(SealError, match="Next: box"):
        exchange.key(mine)
    two.give("KOR", "box")
    with pytest.raises(SealError, match=r"Your key stays here until JPN's box is in\. Next: take box"):
        exchange.key(mine)
    two.hand_over("box")
    with pytest.raises(SealError, match=r"before both keys are out\. Next: key"):
        exchange.open_both(mine)


def test_a_key_that_came_early_opens_nothing_before_ones_own_key_is_out(two: Two) -> None:
    two.hand_over("commitment", "box")
    exchange.take(two.folders["KOR"], two.give("JPN", "key"))
    with pytest.raises(SealError, match="Next: key"):
        exchange.open_both(two.folders["KOR"])


def test_files_that_come_too_early_are_refused(two: Two) -> None:
    two.hand_over("commitment", "box")
    key, box = two.give("JPN", "key"), two.give("JPN", "box")
    late = two.folders["KOR"]
    exchange.forget(late)
    assert "JPN's commitment comes before their box" in _check(lambda: exchange.take(late, box))[1]
    exchange.take(late, two.give("JPN", "commitment"))
    assert "JPN's box comes before their key" in _check(lambda: exchange.take(late, key))[1]


def test_every_step_and_file_twice_changes_nothing(two: Two) -> None:
    folder = two.folders["KOR"]
    for kind in GIVE:
        first = {side: two.give(side, kind).read_bytes() for side in SIDES}
        two.hand_over(kind)
        two.hand_over(kind)
        assert {side: two.give(side, kind).read_bytes() for side in SIDES} == first
    before = {path: path.read_bytes() for path in folder.rglob("*.json")}
    _seal(folder, "KOR")
    two.hand_over("commitment", "box", "key")
    assert {path: path.read_bytes() for path in folder.rglob("*.json")} == before


def test_a_file_that_was_moved_away_is_written_again_the_same(two: Two) -> None:
    two.hand_over("commitment", "box")
    path = two.give("KOR", "commitment")
    was = path.read_bytes()
    path.unlink()
    assert exchange.status(two.folders["KOR"]).next == "key"
    assert two.give("KOR", "commitment").read_bytes() == was


def test_other_answers_or_another_exchange_in_the_same_folder_are_refused(two: Two) -> None:
    folder = two.folders["KOR"]

    def again() -> None:
        exchange.seal(folder, {"other": 1}, sheet=SHEET, sides=SIDES, side="KOR")

    assert "Other answers are sealed here already" in _check(again)[1]
    assert "JPN and KOR, answers, wave 1" in _check(lambda: _seal(folder, "KOR", wave=2))[1]


@pytest.mark.parametrize("sides", [("KOR", "KOR"), ("JPN", "CHN"), ("JPN", "korea")])
def test_a_side_that_is_not_one_of_two_is_refused_and_no_folder_is_made(tmp_path: Path, sides: tuple[str, str]) -> None:
    with pytest.raises(UsageError):
        exchange.seal(tmp_path / "x", {}, sheet=SHEET, sides=sides, side="KOR")
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("kind", list(GIVE))
def test_ones_own_file_come_back_is_refused_also_with_the_other_sides_name(two: Two, kind: str) -> None:
    before = list(GIVE)[: list(GIVE).index(kind)]
    two.hand_over(*before)
    own = two.give("KOR", kind)
    assert _check(lambda: exchange.take(two.folders["KOR"], own))[0] == "mirror"
    assert _check(lambda: exchange.take(two.folders["KOR"], _forged(own, side="JPN")))[0] == "mirror"
    if kind == "commitment":
        half = _forged(own, side="JPN", commitment="1" * 64)  # with one's own box behind it
        assert _check(lambda: exchange.take(two.folders["KOR"], half))[0] == "mirror"


@pytest.mark.parametrize("kind", list(GIVE))
@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"sheet": OTHER}, "sheet"),
        ({"purpose": "forecast"}, "purpose"),
        ({"wave": 2}, "wave"),
        ({"side": "CHN"}, "side"),
    ],
)
def test_files_of_another_exchange_are_refused(two: Two, kind: str, changes: dict[str, object], check: str) -> None:
    two.hand_over(*list(GIVE)[: list(GIVE).index(kind)])
    theirs = _forged(two.give("JPN", kind), **changes)
    assert _check(lambda: exchange.take(two.folders["KOR"], theirs))[0] == check


def test_a_second_commitment_of_the_same_side_is_refused_with_both_fingerprints(two: Two, tmp_path: Path) -> None:
    two.hand_over("commitment")
    _seal(tmp_path / "again", "JPN")
    second = exchange.commit(tmp_path / "again").path
    assert second is not None
    check, told = _check(lambda: exchange.take(two.folders["KOR"], second))
    assert check == "other"
    for folder in (two.folders["JPN"], tmp_path / "again"):
        assert exchange.status(folder).fingerprints["JPN"] in told


def test_a_false_commitment_is_forgotten_until_a_key_is_out(two: Two) -> None:
    mine = two.folders["KOR"]
    exchange.commit(mine)
    false = _forged(two.give("JPN", "commitment"), commitment="1" * 64)
    exchange.take(mine, false)
    assert exchange.status(mine).fingerprints["JPN"] != exchange.status(two.folders["JPN"]).fingerprints["JPN"]
    exchange.box(mine)
    exchange.take(two.folders["JPN"], two.give("KOR", "commitment"))
    assert "Compare JPN's fingerprint by voice" in _check(lambda: exchange.take(mine, two.give("JPN", "box")))[1]
    assert exchange.forget(mine).next == "take commitment"
    exchange.take(mine, two.give("JPN", "commitment"))
    assert exchange.status(mine).next == "box"  # the box that was given answered to the false one
    two.hand_over("box", "key")
    assert exchange.open_both(mine).bodies["JPN"] == _body("JPN")
    assert "A key is out" in _check(lambda: exchange.forget(mine))[1]


def test_a_key_is_out_even_if_its_file_was_moved_away(two: Two) -> None:
    two.hand_over("commitment", "box")
    two.give("KOR", "key").unlink()
    assert "A key is out" in _check(lambda: exchange.forget(two.folders["KOR"]))[1]


@pytest.mark.parametrize("kind", list(GIVE))
def test_a_step_cut_short_between_its_two_files_comes_again(two: Two, kind: str) -> None:
    two.hand_over(*list(GIVE)[: list(GIVE).index(kind)])
    folder = two.folders["KOR"]
    before = exchange.status(folder).next
    was = two.give("KOR", kind).read_bytes()
    (folder / "given" / kind).unlink()
    assert exchange.status(folder).next == before
    if kind == "key":
        assert "A key is out" in _check(lambda: exchange.forget(folder))[1]
    assert two.give("KOR", kind).read_bytes() == was
    assert exchange.status(folder).next != before


def test_a_side_that_was_handed_a_false_commitment_is_found_out_by_its_box(two: Two) -> None:
    false = _forged(two.give("KOR", "commitment"), commitment="1" * 64)
    exchange.take(two.folders["JPN"], false)
    exchange.take(two.folders["KOR"], two.give("JPN", "commitment"))
    two.give("KOR", "box")
    check, told = _check(lambda: exchange.take(two.folders["KOR"], two.give("JPN", "box")))
    assert check == "commitment"
    assert exchange.status(two.folders["KOR"]).fingerprints["KOR"] in told


def test_a_changed_box_never_gets_in_so_no_key_goes_out_for_it(two: Two) -> None:
    two.hand_over("commitment")
    mine, path = two.folders["KOR"], two.give("JPN", "box")
    two.give("KOR", "box")
    box = read_letter(path.read_bytes(), "x").box
    assert _check(lambda: exchange.take(mine, _forged(path, box=box[:-1] + bytes([box[-1] ^ 1]))))[0] == "box"
    assert exchange.status(mine).next == "take box"


def test_a_wrong_key_never_gets_in(two: Two) -> None:
    two.hand_over("commitment", "box")
    mine, path = two.folders["KOR"], two.give("JPN", "key")
    two.give("KOR", "key")
    check, told = _check(
        lambda: exchange.take(mine, _forged(path, key=type(read_letter(path.read_bytes(), "x").key)(32)))
    )
    assert check == "key"
    assert "forged.json: Wrong key" in told
    assert exchange.take(mine, path).next == "open"


def test_a_side_that_committed_to_one_body_cannot_open_another(two: Two) -> None:
    """JPN seals two bodies and mixes their parts."""
    first, second = (sealed_body({"n": n}, sheet=SHEET, side="JPN") for n in (1, 2))
    mine = two.folders["KOR"]
    exchange.commit(mine)
    own = read_letter(two.give("KOR", "commitment").read_bytes(), "x").commitment
    plain = Letter("commitment", SHEET, "JPN", "answers", 1, first.commitment)
    letters = [
        changed(plain, box_sha256=hashlib.sha256(second.box).hexdigest()),
        changed(plain, kind="box", answers_to=own, box=second.box),
        changed(plain, kind="key", answers_to=own, key=second.key),
    ]
    path = mine.parent / "mixed.json"
    for letter in letters[:2]:
        path.write_bytes(write_letter(letter))
        exchange.take(mine, path)
    exchange.box(mine)
    path.write_bytes(write_letter(letters[2]))
    assert _check(lambda: exchange.take(mine, path))[0] == "commitment"


@pytest.mark.parametrize("kind", list(GIVE))
def test_any_changed_byte_of_a_file_is_refused(two: Two, kind: str) -> None:
    two.hand_over(*list(GIVE)[: list(GIVE).index(kind)])
    raw = two.give("JPN", kind).read_bytes()
    path = two.folders["KOR"] / "changed.json"
    step = max(1, len(raw) // 150)
    for at in range(0, len(raw) - 1, step):
        path.write_bytes(raw[:at] + bytes([raw[at] ^ (1 + at % 255)]) + raw[at + 1 :])
        assert _check(lambda: exchange.take(two.folders["KOR"], path))[0] in ("format", "mirror")
    for cut in (b"", raw[:-2], raw[:100], raw + raw, b"[]", b'{"format":1}', b'{"format":"visavis key 2"}'):
        path.write_bytes(cut)
        assert _check(lambda: exchange.take(two.folders["KOR"], path))[0] == "format"
    for same in (raw.rstrip(), raw.rstrip() + b"\r\n"):  # what mail programs do to the end of a line
        path.write_bytes(same)
        if kind != "key":
            exchange.take(two.folders["KOR"], path)


def test_values_made_up_with_a_sound_checksum_are_refused(two: Two) -> None:
    from visavis.sheets._letters import _checksum
    from visavis.sheets.sealing import canonical

    path = two.give("JPN", "commitment")
    tree = json.loads(path.read_text())
    for field, value in (
        ("commitment", "xyz"),
        ("box_sha256", 5),
        ("side", "../../etc"),
        ("purpose", "../x"),
        ("wave", 0),
        ("wave", True),
        ("side", None),
        ("more", 1),
    ):
        forged = {k: v for k, v in tree.items() if k != "checksum"} | {field: value}
        path.write_bytes(canonical({**forged, "checksum": _checksum(forged)}))
        assert _check(lambda: exchange.take(two.folders["KOR"], path))[0] == "format", field
    for checksum in (None, 5, "é" * 64):
        path.write_bytes(canonical(tree | {"checksum": checksum}))
        assert _check(lambda: exchange.take(two.folders["KOR"], path))[0] == "format"


def test_a_commitment_file_has_the_same_size_whatever_was_answered(tmp_path: Path) -> None:
    sizes = set()
    for n in (0, 5000):
        exchange.seal(tmp_path / str(n), {"a": [1] * n}, sheet=SHEET, sides=SIDES, side="KOR")
        path = exchange.commit(tmp_path / str(n)).path
        assert path is not None
        sizes.add(path.stat().st_size)
    assert len(sizes) == 1


def test_everything_on_disk_is_private(two: Two) -> None:
    old = os.umask(0)
    try:
        two.hand_over("commitment", "box", "key")
    finally:
        os.umask(old)
    for path in (two.folders["KOR"], *two.folders["KOR"].rglob("*")):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path
    assert not list(two.folders["KOR"].rglob("*.tmp"))


def test_a_folder_that_was_open_to_others_is_closed(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir(mode=0o755)
    _seal(tmp_path / "x", "KOR")
    assert (tmp_path / "x").stat().st_mode & 0o777 == 0o700


def test_no_step_says_a_key_or_an_answer(two: Two) -> None:
    said: list[str] = []
    for kind in GIVE:
        for side, other in (SIDES, SIDES[::-1]):
            folder = two.folders[side]
            said.append(repr(GIVE[kind](folder)) + repr(exchange.status(folder)))
            own = two.give(side, kind)
            for path in (own, _forged(own, commitment="1" * 64)):
                with pytest.raises(SealError) as raised:
                    exchange.take(folder, path)
                said += traceback.format_exception(raised.value)
            said.append(other)
        two.hand_over(kind)
    said.append(repr(exchange.open_both(two.folders["KOR"])))
    whole = "".join(said)
    keys = [json.loads((folder / "sealed.json").read_text())["key"] for folder in two.folders.values()]
    assert not any(secret in whole for secret in (*keys, "canary"))


def test_one_step_at_a_time(two: Two) -> None:
    opened = os.open(two.folders["KOR"], os.O_RDONLY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX)
        assert _check(lambda: exchange.commit(two.folders["KOR"]))[0] == "busy"
    finally:
        os.close(opened)
    assert exchange.commit(two.folders["KOR"]).path


def test_what_is_no_file_or_no_exchange_is_said(two: Two, tmp_path: Path) -> None:
    with pytest.raises(BadFileError, match=r"none\.json: cannot be read"):
        exchange.take(two.folders["KOR"], tmp_path / "none.json")
    with pytest.raises(BadFileError, match="cannot be read"):
        exchange.take(two.folders["KOR"], tmp_path)
    for act in (exchange.commit, exchange.open_both, exchange.forget):
        with pytest.raises(SealError, match="Nothing is sealed here yet"):
            act(tmp_path / "nowhere")
    with pytest.raises(SealError, match="no exchange in 'nowhere'"):
        exchange.destroy(tmp_path / "nowhere")


def test_a_hostile_file_name_does_not_steer_the_terminal(two: Two, tmp_path: Path) -> None:
    path = tmp_path / "a\x1b[31m\u202e.json"
    path.write_text("x")
    assert "\x1b" not in _check(lambda: exchange.take(two.folders["KOR"], path))[1]


def test_a_damaged_file_in_the_folder_is_named_and_nothing_goes_on(two: Two) -> None:
    two.hand_over("commitment", "box")
    folder = two.folders["KOR"]
    kept = folder / "in" / "JPN.box.json"
    raw = kept.read_bytes()
    kept.write_bytes(raw[:500])
    told = _check(lambda: exchange.key(folder))[1]
    assert "in/JPN.box.json" in told
    assert "remove it and take it again" in told
    kept.unlink()
    assert exchange.take(folder, two.give("JPN", "box")).next == "key"
    own = (folder / "sealed.json").read_bytes()
    for damage in (
        own[:-3],
        own.replace(b'"wave":1', b'"wave":2'),
        own.replace(b'"other":"JPN"', b'"other":"CHN"', 1)[:-9],
    ):
        (folder / "sealed.json").write_bytes(damage)
        assert "sealed.json is damaged" in _check(lambda: exchange.status(folder))[1]


def test_destroy_overwrites_and_removes_all_of_an_exchange_and_nothing_else(two: Two) -> None:
    two.hand_over("commitment", "box", "key")
    folder = two.folders["KOR"]
    (folder / "notes.txt").write_text("keep")
    (folder / "in" / "letter.pdf").write_text("keep")
    (folder / ".sealed.json.tmp").write_text("left by a crash")
    link = folder.parent / "link"
    os.link(folder / "sealed.json", link)
    size = link.stat().st_size
    done = exchange.destroy(folder)
    assert {p.name for p in folder.rglob("*") if p.is_file()} == {"notes.txt", "letter.pdf"}
    assert link.stat().st_size == size
    assert b"key" not in link.read_bytes()[:200]
    for word in ("SSD", "backups", "handed over"):
        assert word in done.says
    assert exchange.status(folder).next == "seal"
    _seal(folder, "KOR")


@pytest.mark.parametrize("function", ["replace", "unlink"])
def test_a_destruction_that_was_cut_short_is_said_and_ended(
    two: Two, function: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    two.hand_over("commitment", "box")
    folder = two.folders["KOR"]
    files = len([p for p in folder.rglob("*") if p.is_file()])
    module = os if function == "replace" else Path
    real = getattr(module, function)
    for after in range(files):
        copy = folder.with_name(f"cut-{after}")
        shutil.copytree(folder, copy)
        left = iter(range(after + 1))

        def cut(*args: object, left: Iterator[int] = left, **kwargs: object) -> None:
            if next(left) == after:  # noqa: B023
                raise KeyboardInterrupt
            real(*args, **kwargs)

        with monkeypatch.context() as patched:
            patched.setattr(module, function, cut)
            with pytest.raises(KeyboardInterrupt):
                exchange.destroy(copy)
        if function == "unlink" or after:
            assert not (copy / "sealed.json").exists()
            assert "Destroy it again" in _check(lambda: exchange.status(copy))[1]  # noqa: B023
            assert "Destroy it again" in _check(lambda: _seal(copy, "KOR"))[1]  # noqa: B023
        exchange.destroy(copy)
        assert exchange.status(copy).next == "seal"
        assert not [p for p in copy.rglob("*") if p.is_file()]


def test_several_exchanges_live_side_by_side(tmp_path: Path) -> None:
    for purpose in ("answers", "forecast", "ratings"):
        _seal(tmp_path / purpose, "KOR", purpose=purpose)
    commitment = exchange.commit(tmp_path / "forecast").path
    assert commitment is not None
    _seal(tmp_path / "theirs", "JPN", purpose="ratings")
    assert _check(lambda: exchange.take(tmp_path / "theirs", commitment))[0] == "purpose"
