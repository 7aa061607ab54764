"""The desk with a read-only outbox."""

from tests.desk.desks import Served
from tests.desk.test_finish import errors, revisions
from tests.disks import read_only

SUBJECT = {"kind": "set", "path": "subject", "value": "Text for later", "was": None}


def test_a_read_only_outbox_can_be_viewed_and_writes_fail_with_a_reason(desk: Served) -> None:
    """Neither an edit nor an approval is half done; once the outbox is writable they succeed."""
    approval = {"revisions": revisions(desk), "waivers": [{**each, "reason": "It may"} for each in errors(desk)]}
    with read_only(desk.newsroom.folder / "outbox"):
        assert desk.ask("GET", "/")[0] == desk.ask("GET", "/preview/en")[0] == 200
        for path, value in (("/api/changes/en", {"changes": [SUBJECT]}), ("/api/approve", approval)):
            status, answer = desk.write(path, value)
            assert status == 503, (path, answer)
            assert "Read-only file system" in str(answer), (path, answer)
        assert desk.newsroom.edits() == {}
        assert desk.json("/api/issue")["status"] != "approved"
    assert desk.write("/api/changes/en", {"changes": [SUBJECT]})[0] == 200
    assert desk.newsroom.edits() == {"subject": "Text for later"}
