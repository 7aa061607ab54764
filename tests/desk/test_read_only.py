"""The desk over an outbox that cannot be written: all can be seen, what cannot be kept is said."""

from tests.desk.desks import Served
from tests.desk.test_finish import errors, revisions
from tests.disks import read_only

SUBJECT = {"kind": "set", "path": "subject", "value": "Words for later", "was": None}


def test_a_read_only_outbox_is_shown_and_each_write_says_why_not(desk: Served) -> None:
    """Neither words nor an approval are half there afterwards; once it can be written they are taken."""
    approval = {"revisions": revisions(desk), "waivers": [{**each, "reason": "It may"} for each in errors(desk)]}
    with read_only(desk.newsroom.folder / "outbox"):
        assert desk.ask("GET", "/")[0] == desk.ask("GET", "/proof/en")[0] == 200
        for path, value in (("/api/changes/en", {"changes": [SUBJECT]}), ("/api/approve", approval)):
            status, answer = desk.write(path, value)
            assert status == 503, (path, answer)
            assert "Read-only file system" in str(answer), (path, answer)
        assert desk.newsroom.edits() == {}
        assert desk.json("/api/issue")["status"] != "approved"
    assert desk.write("/api/changes/en", {"changes": [SUBJECT]})[0] == 200
    assert desk.newsroom.edits() == {"subject": "Words for later"}
