"""`publish` to services that demand what their documentation demands: one draft, never lost, never doubled."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import html as lxml_html
from PIL import Image

from pipeline.cli import main
from tests.letters import NOW, Command, Letter, Outcome, make_letter
from tests.publishers import KINDS, LOGIN, PICTURES, UNSUBSCRIBE, Fault, Service, running_service
from tests.run.test_operations import script

KEY = "2026-W47"
# What the templates of the publishers would take for theirs.
MARKS = (
    "{{ .Subscriber.Email }}",
    "*|EMAIL|*",
    "{{ name }}",
    "{% if x %}",
    "<!--kg-card-begin: html-->",
    "[shortcode id=1]",
    "%%{uuid}%%",
)
SERVICES = tuple(kind for kind in KINDS if kind != "webhook")
JOINER = "\u2060"


def command(letter: Letter, *arguments: str) -> None:
    """Run a command that has to end well."""
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--config", str(letter.config), "--now", NOW])
    assert ended.value.code in (0, None), arguments


@pytest.fixture(scope="module")
def approved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An approved letter with a picture, whose lead has every mark in headline and blurb, and so has the subject."""
    letter = make_letter(tmp_path_factory.mktemp("letter"))
    command(letter, "run")
    folder = letter.folder / "outbox" / KEY
    lead = json.loads((folder / "issue.json").read_text())["features"][0]["story"]
    (folder / "uploads").mkdir(exist_ok=True)
    Image.new("RGB", (1200, 800), "teal").save(folder / "uploads" / "quay.png")
    words = " and ".join(MARKS)
    story = {
        "headline": f"Marks: {words}",
        "blurb": f"They say {words} in every letter.".replace("*", r"\*"),
        "picture": "uploads/quay.png",
    }
    edits = {"stories": {lead: {**story, "alt": "A quay"}}, "subject": f"Marks {words}"}
    (folder / "edits.yaml").write_text(yaml.safe_dump(edits, allow_unicode=True))
    command(letter, "render")
    command(letter, "approve")
    return letter.folder


@pytest.fixture
def letter(approved: Path, tmp_path: Path) -> Letter:
    """The approved letter, in a folder of this test."""
    shutil.copytree(approved, tmp_path, dirs_exist_ok=True)
    return Letter(tmp_path)


@pytest.fixture(params=KINDS)
def service(request: pytest.FixtureRequest, letter: Letter, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """A publisher that the letter's config names."""
    with running_service(request.param) as running:
        monkeypatch.setenv("KEY", running.key)
        monkeypatch.setenv("LOGIN", LOGIN)
        use(letter, running)
        yield running


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses before repetitions, which take no time here."""
    made: list[float] = []
    monkeypatch.setattr("pipeline.edges.publishers.api.sleep", made.append)
    return made


def use(letter: Letter, service: Service, **changes: Any) -> None:
    """Name a publisher in the config, with the address of the outbox for those that take no pictures."""
    config = yaml.safe_load(letter.config.read_text(encoding="utf-8"))
    desk = {**config["desk"], "archive_url": "https://letter.example/archive"}
    letter.change(publish=[{**service.config, **changes}], desk=desk)


def publish(newsletter: Command, letter: Letter, *options: str) -> Outcome:
    """Publish the issue."""
    return newsletter.on(letter, "publish", "--to", "there", *options)


def visible(page: str) -> str:
    """The words of a page."""
    tree: Any = lxml_html.document_fromstring(f"<div>{page}</div>")
    for element in list(tree.iter("style", "head", "title")):
        element.drop_tree()
    return " ".join(str(tree.text_content()).split())


def test_an_approved_issue_arrives_once_as_a_draft(newsletter: Command, letter: Letter, service: Service) -> None:
    """Tables, styles and pictures by address; a second call changes nothing; nothing was sent."""
    done = publish(newsletter, letter)
    assert (done.code, done.err) == (0, "")
    assert "there: created, left as a draft" in done.out
    ((_, page),) = service.shown()
    printed = (letter.folder / "outbox" / KEY / "issue.html").read_text(encoding="utf-8")
    assert page.count("<table") == printed.count("<table")
    assert page.count("style=") >= printed.count("style=") - 2  # of the tags around the letter
    assert "prefers-color-scheme" in page
    assert page.count("<!--[if mso") >= printed.partition("<body")[2].count("<!--[if mso") > 0
    assert "cid:" not in page
    assert not re.search(r"""["'(]pictures/""", page)
    expected = "https://letter.example/archive/2026-W47/pictures/" if service.kind == "webhook" else PICTURES
    assert expected in page
    assert all(draft.get("status", "draft") in ("draft", "save") for draft in service.drafts.values())
    uploads, sent = len(service.uploads), len([each for each in service.asked if each.method != "GET"])
    again = publish(newsletter, letter)
    assert (again.code, "unchanged" in again.out) == (0, True)
    assert (len(service.drafts), len(service.uploads)) == (1, uploads)
    assert len([each for each in service.asked if each.method != "GET"]) == sent


def test_marks_of_templates_arrive_as_written(newsletter: Command, letter: Letter, service: Service) -> None:
    """Readers see them in the subject, the headline and the text, whatever the publisher fills in."""
    assert publish(newsletter, letter).code == 0
    ((subject, page),) = service.shown()
    words = visible(page).replace(JOINER, "")
    for mark in MARKS:
        assert words.count(mark) >= 2, mark
        assert mark in subject.replace(JOINER, ""), mark


@pytest.mark.parametrize("service", ["listmonk", "buttondown", "mailchimp"], indirect=True)
def test_readers_leave_the_list_of_the_publisher(newsletter: Command, letter: Letter, service: Service) -> None:
    """The letter's own unsubscribe address becomes each reader's, in the HTML and in the plain text."""
    assert publish(newsletter, letter).code == 0
    ((_, page),) = service.shown()
    assert f'href="{UNSUBSCRIBE}"' in page
    assert "https://letter.example/out" not in page
    (draft,) = service.drafts.values()
    texts = [draft[name] for name in ("altbody", "plain") if name in draft]
    assert all("https://letter.example/out" not in text for text in texts)
    assert all("UnsubscribeURL" in text or "*|UNSUB|*" in text for text in texts)


@pytest.mark.parametrize("service", ["ghost", "listmonk", "wordpress", "mailchimp"], indirect=True)
def test_the_address_of_a_draft_is_where_an_editor_opens_it(
    newsletter: Command, letter: Letter, service: Service
) -> None:
    """Not the public page, which a draft does not have yet."""
    paths = {"ghost": "/ghost/#/editor/post/1", "listmonk": "/admin/campaigns/1"}
    page = paths.get(service.kind, "/wp-admin/post.php?action=edit&post=1")
    center = "https://us21.admin.mailchimp.com/campaigns/show/?id=7"
    address = center if service.kind == "mailchimp" else service.base + page
    assert address in publish(newsletter, letter).out
    assert address in newsletter.on(letter, "status").out


def test_a_mailchimp_key_that_names_no_data_centre_goes_nowhere(
    newsletter: Command, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not taken for the name of a host, which would show it to name servers and in messages."""
    monkeypatch.setenv("KEY", "0badc0de0badc0de")
    letter.change(publish=[{"name": "there", "kind": "mailchimp", "api_key": "${KEY}", "lists": ["3"]}])
    refused = publish(newsletter, letter)
    assert (refused.code, "ends with its data centre" in refused.err) == (7, True)
    assert "0badc0de" not in refused.err


def test_a_changed_issue_updates_its_draft(newsletter: Command, letter: Letter, service: Service) -> None:
    """Withdrawn, reworded, approved again: the same draft has the new words, and pictures are not uploaded again."""
    assert publish(newsletter, letter).code == 0
    uploads = len(service.uploads)
    reword(newsletter, letter, "Fresh words for the lead")
    done = publish(newsletter, letter)
    assert (done.code, "updated, left as a draft" in done.out) == (0, True)
    ((_, page),) = service.shown()
    assert "Fresh words for the lead" in visible(page)
    assert len(service.uploads) == uploads


def reword(newsletter: Command, letter: Letter, headline: str) -> None:
    """Withdraw the issue, reword the lead, and approve it again."""
    path = letter.folder / "outbox" / KEY / "edits.yaml"
    edits = yaml.safe_load(path.read_text())
    next(iter(edits["stories"].values()))["headline"] = headline
    assert newsletter.on(letter, "approve", KEY, "--withdraw").code == 0
    path.write_text(yaml.safe_dump(edits, allow_unicode=True))
    for name in ("render", "approve"):
        done = newsletter.on(letter, name)
        assert done.code == 0, done.err


@pytest.mark.parametrize("service", SERVICES, indirect=True)
def test_what_was_edited_there_is_not_replaced_unasked(newsletter: Command, letter: Letter, service: Service) -> None:
    """The refusal says so and nothing changes; --overwrite replaces it."""
    assert publish(newsletter, letter).code == 0
    subject = {"ghost": "title", "wordpress": "title", "mailchimp": "subject_line"}.get(service.kind, "subject")
    service.edit(subject, lambda text: f"{text}!")
    reword(newsletter, letter, "Fresh words")
    refused = publish(newsletter, letter)
    assert refused.code == 7
    assert "somebody has edited the draft there" in refused.err
    assert service.shown()[0][0].endswith("!")
    assert publish(newsletter, letter, "--overwrite").code == 0
    ((shown, page),) = service.shown()
    assert (shown.endswith("!"), "Fresh words" in page) == (False, True)


@pytest.mark.parametrize("service", SERVICES, indirect=True)
def test_what_has_gone_out_no_longer_changes(newsletter: Command, letter: Letter, service: Service) -> None:
    """With `send` it goes out once and cannot be withdrawn; what somebody sent there is not replaced either."""
    assert publish(newsletter, letter).code == 0
    reword(newsletter, letter, "Too late")
    state = {"ghost": "sent", "listmonk": "running", "buttondown": "sent", "mailchimp": "sending"}
    (draft,) = service.drafts.values()
    before, draft["status"] = draft["status"], state.get(service.kind, "publish")
    late = publish(newsletter, letter)
    assert (late.code, "has been sent already" in late.err) == (7, True)
    draft["status"] = before
    use(letter, service, send=True)
    done = publish(newsletter, letter)
    assert (done.code, "updated, sent" in done.out) == (0, True)
    again = publish(newsletter, letter)
    assert (again.code, "unchanged, sent" in again.out) == (0, True)
    refused = newsletter.on(letter, "approve", "--withdraw")
    assert (refused.code, "there has sent 2026-W47" in refused.err) == (2, True)


@pytest.mark.parametrize("service", SERVICES, indirect=True)
def test_a_draft_of_another_store_is_not_replaced_unasked(
    newsletter: Command, letter: Letter, approved: Path, tmp_path: Path, service: Service
) -> None:
    """Two machines with the same letter do not overwrite each other, nor leave two drafts."""
    assert publish(newsletter, letter).code == 0
    other = Letter(tmp_path / "other")
    shutil.copytree(approved, other.folder)
    use(other, service)
    refused = publish(newsletter, other)
    assert (refused.code, "this store does not know" in refused.err) == (7, True)
    assert publish(newsletter, other, "--overwrite").code == 0
    assert len(service.drafts) == 1


@pytest.mark.parametrize("service", SERVICES, indirect=True)
def test_a_schedule_is_kept_by_the_publisher(newsletter: Command, letter: Letter, service: Service) -> None:
    """The next 07:10 of the newsroom's clock; for Mailchimp the quarter hour after it. Withdrawing tells of it."""
    use(letter, service, schedule="07:10")
    done = publish(newsletter, letter)
    assert (done.code, "created, scheduled" in done.out) == (0, True)
    bodies = b" ".join(each.body for each in service.asked)
    assert re.search(rb"2026-11-22T23:1[05]:00|2026-11-23T07:1[05]:00", bodies)
    withdrawn = newsletter.on(letter, "approve", "--withdraw")
    assert (withdrawn.code, "there still has en of 2026-W47 scheduled" in withdrawn.err) == (0, True)


@pytest.mark.parametrize("service", SERVICES, indirect=True)
def test_faults_leave_nothing_doubled_and_can_be_resumed(
    newsletter: Command, letter: Letter, service: Service, pauses: list[float]
) -> None:
    """401, 409, 422, 500, a redirect, an upload cut short and an answer lost: each is told, then one draft is there."""
    change = {"buttondown": "PATCH", "mailchimp": "PATCH"}.get(service.kind, "PUT")
    for fault, said in (
        (Fault("GET", 401), "answered 401"),
        (Fault("GET", 500, times=3), "answered 500"),
        (Fault("GET", 302, {"Location": "http://evil.example/"}), "it has moved to http://evil.example/"),
        (Fault("POST", 422), "answered 422"),
        (Fault("POST", do=True), "cannot be reached"),  # uploaded, but the answer is lost
        (Fault("POST", path=_drafts_path(service)), "cannot be reached"),
        (Fault("POST", do=True, path=_drafts_path(service)), "cannot be reached"),  # created, but the answer is lost
    ):
        service.faults = [fault]
        done = publish(newsletter, letter)
        assert (done.code, said in done.err) == (7, True), (fault, done.err)
        assert service.key.rpartition(":")[2] not in done.err + done.out
        assert done.err.count("\n") == 1
    service.faults = [Fault("GET", 429, {"Retry-After": "7"})]
    done = publish(newsletter, letter)
    assert (done.code, len(service.drafts)) == (0, 1)
    assert pauses[-1] == 7
    reword(newsletter, letter, "Fresh words")
    service.faults = [Fault(change, 409, times=3)]
    assert "answered 409" in publish(newsletter, letter).err
    service.faults = [Fault(change, do=True, times=3)]  # changed, but no answer arrives
    assert publish(newsletter, letter).code in (0, 7)
    service.faults = []
    assert publish(newsletter, letter).code == 0
    ((_, page),) = service.shown()
    assert "Fresh words" in page
    bodies = [body for _, body in service.uploads]
    assert len(bodies) == len(set(bodies)) + 1  # the one whose answer was lost
    store = (letter.folder / ".newsletter" / "store.sqlite").read_bytes()
    assert service.key.rpartition(":")[2].encode() not in store


def _drafts_path(service: Service) -> str:
    return {"ghost": "/posts", "wordpress": "/posts", "buttondown": "/emails"}.get(service.kind, "/campaigns")


@pytest.mark.parametrize("service", ["listmonk"], indirect=True)
def test_a_publisher_that_takes_too_long_is_given_up(newsletter: Command, letter: Letter, service: Service) -> None:
    """The draft that it made all the same is found by the next call."""
    use(letter, service, timeout_seconds=1)
    service.faults = [Fault("POST", 200, do=True, seconds=3, path=_drafts_path(service))]
    assert "no answer within 1 s" in publish(newsletter, letter).err
    service.faults = []
    use(letter, service)
    assert publish(newsletter, letter).code == 0
    assert len(service.drafts) == 1


def test_a_command_gets_the_letter_as_json(newsletter: Command, letter: Letter) -> None:
    """On standard input; what it prints may name an id; a failing one is quoted."""
    code = "open('taken.json', 'w').write(sys.stdin.read()); print('{\"id\": \"n7\"}')"
    desk = {**yaml.safe_load(letter.config.read_text())["desk"], "archive_url": "https://letter.example/archive"}
    letter.change(desk=desk, publish=[{"name": "there", "kind": "command", "command": script(letter, "take.py", code)}])
    assert publish(newsletter, letter).code == 0
    taken = json.loads((letter.folder / "taken.json").read_text())
    assert set(taken) == {"marker", "subject", "preheader", "html", "text", "issue"}
    assert taken["issue"]["key"] == KEY
    shown = newsletter.on(letter, "status", "--json").json["holds"]["publications"]
    assert [(each["publisher"], each["state"]) for each in shown] == [("there", "draft")]
    reword(newsletter, letter, "Fresh words")
    script(letter, "take.py", "sys.exit('no room')")
    failed = publish(newsletter, letter)
    assert (failed.code, "no room" in failed.err) == (7, True)


@pytest.mark.parametrize("service", ["webhook"], indirect=True)
def test_what_is_missing_is_named(newsletter: Command, letter: Letter, service: Service) -> None:
    """An unknown publisher, an issue that is not approved, a place for pictures, an edition that does not go there."""
    assert "it has there" in newsletter.on(letter, "publish", "--to", "elsewhere").err
    assert "no edition in the outbox goes to there" in publish(newsletter, letter, "--edition", "fr").err
    dry = publish(newsletter, letter, "--dry-run")
    assert (dry.code, service.asked) == (0, [])
    config = yaml.safe_load(letter.config.read_text())
    del config["desk"]["archive_url"]
    letter.config.write_text(yaml.safe_dump(config))
    assert "desk.archive_url" in publish(newsletter, letter).err
    assert newsletter.on(letter, "approve", KEY, "--withdraw").code == 0
    refused = publish(newsletter, letter)
    assert (refused.code, "is not approved" in refused.err) == (2, True)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"kind": "ghost", "address": "https://g.example"}, "ghost needs api_key"),
        ({"kind": "ghost", "address": "http://g.example", "api_key": "${KEY}"}, "write https://"),
        ({"kind": "buttondown", "api_key": "0badc0de"}, "publish[0].api_key: do not write a secret in this file"),
        (
            {
                "kind": "listmonk",
                "address": "https://l.example",
                "login": "${KEY}",
                "api_key": "${KEY}",
                "lists": ["x"],
            },
            "have numbers",
        ),
        ({"kind": "buttondown", "api_key": "${KEY}", "send": True, "schedule": "07:00"}, "contradict each other"),
        ({"kind": "buttondown", "api_key": "${KEY}", "schedule": "7 am"}, "as 07:00"),
        ({"kind": "buttondown", "api_key": "${KEY}", "editions": ["enn"]}, "there is no edition 'enn'"),
        ({"kind": "webhook", "address": "https://w.example", "send": True}, "decides by itself"),
        ({"kind": "ghost", "address": "https://g.example", "api_key": "${KEY}", "send": True}, "needs newsletter"),
    ],
)
def test_the_config_says_what_a_publisher_needs(
    newsletter: Command, letter: Letter, monkeypatch: pytest.MonkeyPatch, given: dict[str, Any], said: str
) -> None:
    """With the key and what to write."""
    monkeypatch.setenv("KEY", "k")
    letter.change(publish=[{"name": "there", **given}])
    refused = publish(newsletter, letter)
    assert refused.code == 2
    assert said in refused.err
