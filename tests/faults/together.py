"""Two runs at once: one issue."""

from tests.faults.rig import KEY, ended, files, letters, run, start, tries, warm


def pairs(count: int) -> dict[str, int]:
    """So many pairs of runs; how many made one issue, with the bytes of a run alone."""
    found = {"one issue": 0, "second refused": 0, "second after the first": 0, "faults": 0}
    with letters() as make:
        letter = make()
        assert run(letter, "run") == 0
        expected = files(letter.folder / "outbox")
        for _ in range(count):
            letter = make()
            codes = sorted(ended(child) for child in (start(letter, "run"), start(letter, "run")))
            found["second refused"] += codes == [0, 6]
            found["second after the first"] += codes == [0, 0]
            found["faults"] += codes not in ([0, 6], [0, 0])
            only = [path.name for path in (letter.folder / "outbox").iterdir() if path.is_dir()] == [KEY]
            found["one issue"] += only and files(letter.folder / "outbox") == expected
    return found


if __name__ == "__main__":
    warm()
    number = tries(100)
    said = pairs(number)
    print(f"two runs at once, {number} times: " + ", ".join(f"{count} {name}" for name, count in said.items()))
