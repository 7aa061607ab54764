"""Two runs at the same time make one issue."""

from tests.faults.rig import KEY, files, letters, run, start, tries, wait_for, warm


def pairs(count: int) -> dict[str, int]:
    """Start `count` pairs of runs. Counts the pairs that made one issue with the bytes of a single run."""
    found = {"one issue": 0, "second refused": 0, "second after the first": 0, "faults": 0}
    with letters() as make:
        letter = make()
        assert run(letter, "run") == 0
        expected = files(letter.folder / "outbox")
        for _ in range(count):
            letter = make()
            codes = sorted(wait_for(child) for child in (start(letter, "run"), start(letter, "run")))
            found["second refused"] += codes == [0, 6]
            found["second after the first"] += codes == [0, 0]
            found["faults"] += codes not in ([0, 6], [0, 0])
            only = [path.name for path in (letter.folder / "outbox").iterdir() if path.is_dir()] == [KEY]
            found["one issue"] += only and files(letter.folder / "outbox") == expected
    return found


if __name__ == "__main__":
    warm()
    number = tries(100)
    counts = pairs(number)
    print(f"two runs at once, {number} times: " + ", ".join(f"{count} {name}" for name, count in counts.items()))
