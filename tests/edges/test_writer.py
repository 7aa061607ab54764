"""A writer on loopback: what it is asked in each protocol, and what becomes of every kind of wrong answer."""

import json
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from pipeline.edges.writer import Writer
from pipeline.errors import WriterError
from pipeline.records import WriterSettings, WriterTask
from pipeline.stages.write import answer_fault, judge_answer, translation_task, writing_task
from tests.programs import skip_or_fail

SENTENCES = ("Der Bau dauert.", "Er kostet 3 Euro.")
RIGHT = ["The work takes time.", "It costs 3 euros."]


class Service(ThreadingHTTPServer):
    """Answers each request by `answer`, which gets the handler; `asked` are the requests that came."""

    daemon_threads = True
    answer: Callable[["Handler"], None]
    asked: list[tuple[str, dict[str, Any], dict[str, str]]]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, body, dict(self.headers)))
        self.server.answer(self)

    def reply(self, body: bytes, status: int = 200, length: int | None = None, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


def sentences(texts: list[str]) -> str:
    """The JSON that a model answers with."""
    return json.dumps({"sentences": [{"n": number, "text": text} for number, text in enumerate(texts, 1)]})


def chat(content: Any, finish_reason: str = "stop", tokens: int = 50) -> bytes:
    """An answer of the chat API."""
    choice = {"message": {"content": content}, "finish_reason": finish_reason}
    return json.dumps({"choices": [choice], "usage": {"total_tokens": tokens}}).encode()


@pytest.fixture
def service() -> Iterator[Service]:
    with Service(("127.0.0.1", 0), Handler) as server:
        server.asked = []
        server.answer = lambda handler: handler.reply(chat(sentences(RIGHT)))
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def settings(service: Service, **changes: Any) -> WriterSettings:
    made = WriterSettings(protocol="openai", address=f"{service.address}/v1", model="small", timeout_seconds=5)
    return replace(made, **changes)


def ask(writer: Writer, task: WriterTask) -> list[str]:
    """The texts that the writer answers a task with."""
    answer = writer.ask(task, lambda content: answer_fault(content, task.name, len(task.sentences)))
    verdict = judge_answer(answer.content, task.name, task.sentences, task.language, task.to, date=None)
    return [*filter(None, (verdict.kicker, verdict.headline)), *verdict.sentences]


def translation(to: str = "en", language: str = "de") -> WriterTask:
    return translation_task(SENTENCES, language, to)


def translate(service: Service, **changes: Any) -> list[str]:
    return ask(Writer(settings(service, **changes), folder=Path(), pause_seconds=0.01), translation())


def test_a_chat_service_gets_the_story_as_data(service: Service) -> None:
    """The sentences are JSON in the user's message; a schema and temperature 0 are asked for; the key is a header."""
    assert translate(service, api_key="k3y") == RIGHT
    path, body, headers = service.asked[0]
    assert path == "/v1/chat/completions"
    assert headers["Authorization"] == "Bearer k3y"
    assert (body["model"], body["temperature"], body["response_format"]["type"]) == ("small", 0, "json_schema")
    story = json.loads(body["messages"][1]["content"])
    assert [each["text"] for each in story["sentences"]] == list(SENTENCES)
    assert not any(sentence in body["messages"][0]["content"] for sentence in SENTENCES)


@pytest.mark.parametrize(
    "content",
    [
        f"```json\n{sentences(RIGHT)}\n```",
        f"<think>Euro is\na currency.</think>\n{sentences(RIGHT)}",
        f"  {sentences([f'  {text} ' for text in RIGHT])}\n",
    ],
)
def test_fences_thoughts_and_spaces_are_cut(content: str, service: Service) -> None:
    """Models wrap their JSON in what nobody asked for."""
    service.answer = lambda handler: handler.reply(chat(content))
    assert translate(service) == RIGHT


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Welcome</html>",
        b"null",
        b'{"choices": []}',
        b'{"choices": [{"message": {"content": null}, "finish_reason": "stop"}]}',
        chat(sentences(RIGHT)[:40], "length"),
        chat(sentences(RIGHT), "content_filter"),
        chat("I cannot do that."),
        chat(sentences(RIGHT[:1])),
        chat(sentences(["", "x"])),
        chat('{"sentences": [{"n": 1, "text": "a"}, {"n": 1, "text": "b"}]}'),
        chat('{"sentences": [{"n": 1, "text": "a", "note": ""}, {"n": 2, "text": "b"}]}'),
        chat('{"kicker": "x"}'),
        chat("[" * 100_000),
    ],
)
def test_an_answer_in_another_form_is_one_failure(body: bytes, service: Service) -> None:
    """It is not asked for again, and the next story may still be translated."""
    service.answer = lambda handler: handler.reply(body)
    with pytest.raises(WriterError) as caught:
        translate(service)
    assert not caught.value.stops
    assert len(service.asked) == 1
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 456, 302])
def test_a_refusal_stops_the_writer(status: int, service: Service) -> None:
    """A wrong key, address or request would be refused again. A redirect is not followed."""
    service.answer = lambda handler: handler.reply(b"k3y", status, Location=f"{service.address}/v1/elsewhere")
    with pytest.raises(WriterError, match=f"answered {status}") as caught:
        translate(service, api_key="k3y")
    assert caught.value.stops
    assert len(service.asked) == 1
    assert "k3y" not in str(caught.value)


def fails_twice(fault: Callable[[Handler], None]) -> Callable[[Handler], None]:
    """Answers with a fault twice, and then well."""
    faults = [fault, fault]

    def answer(handler: Handler) -> None:
        if faults:
            faults.pop()(handler)
        else:
            handler.reply(chat(sentences(RIGHT)))

    return answer


@pytest.mark.parametrize(
    "fault",
    [
        lambda handler: handler.reply(b"", 500),
        lambda handler: handler.reply(b"", 503),
        lambda handler: handler.reply(b"", 429, Retry_After="0"),
        lambda handler: handler.reply(chat(sentences(RIGHT))[:30], length=500),
        lambda handler: handler.connection.close(),
    ],
)
def test_what_may_pass_is_tried_twice_more(fault: Callable[[Handler], None], service: Service) -> None:
    """Faults of the server, a busy one, and answers that are cut off."""
    service.answer = fails_twice(fault)
    assert translate(service) == RIGHT
    assert len(service.asked) == 3


def test_an_answer_that_drips_ends_at_the_deadline(service: Service) -> None:
    """The clock counts, not the pause between two bytes."""

    def drip(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "10000")
        handler.end_headers()
        for _ in range(200):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.05)

    service.answer = drip
    with pytest.raises(WriterError, match="cannot be reached"):
        translate(service, timeout_seconds=0.2)


def test_a_large_answer_is_not_read_to_its_end(service: Service) -> None:
    """25 MB are no translation of a story."""
    service.answer = lambda handler: handler.reply(b" " * (25 << 20))
    with pytest.raises(WriterError, match="larger than 2 MB"):
        translate(service)


def test_a_service_that_is_not_there_is_named(service: Service) -> None:
    """The message has the reason, and no traceback."""
    with pytest.raises(WriterError, match="cannot be reached"):
        translate(service, address="http://127.0.0.1:9/v1")


def test_a_long_wait_is_not_begun(service: Service) -> None:
    """Retry-After beyond the budget ends the writer at once."""
    service.answer = lambda handler: handler.reply(b"", 429, Retry_After="3600")
    with pytest.raises(WriterError, match="max_seconds") as caught:
        translate(service)
    assert caught.value.stops
    assert len(service.asked) == 1


@pytest.mark.parametrize(("budget", "name"), [({"max_calls": 1}, "max_calls"), ({"max_tokens": 40}, "max_tokens")])
def test_a_spent_budget_ends_the_writer(budget: dict[str, int], name: str, service: Service) -> None:
    """The first request is within it, the second is not sent."""
    writer = Writer(settings(service, **budget), folder=Path())
    ask(writer, translation())
    with pytest.raises(WriterError, match=name) as caught:
        ask(writer, translation())
    assert caught.value.stops
    assert len(service.asked) == 1


def test_three_failures_in_a_row_end_the_writer(service: Service) -> None:
    """A model that never answers as it should costs no more than three requests."""
    service.answer = lambda handler: handler.reply(chat("Sure!"))
    writer = Writer(settings(service), folder=Path())
    stops = []
    for _ in range(3):
        with pytest.raises(WriterError) as caught:
            ask(writer, translation())
        stops.append(caught.value.stops)
    assert stops == [False, False, True]


def test_libretranslate_is_asked_as_it_documents(service: Service) -> None:
    """POST /translate with q, source, target, format and api_key."""
    service.answer = lambda handler: handler.reply(json.dumps({"translatedText": RIGHT}).encode())
    translated = translate(service, protocol="libretranslate", address=f"{service.address}/", api_key="k3y")
    assert translated == RIGHT
    path, body, _ = service.asked[0]
    assert path == "/translate"
    assert body == {"q": list(SENTENCES), "source": "de", "target": "en", "format": "text", "api_key": "k3y"}


@pytest.mark.parametrize(("to", "target"), [("en", "EN-GB"), ("zh-Hant-HK", "ZH-HANT"), ("de", "DE")])
def test_deepl_is_asked_as_it_documents(to: str, target: str, service: Service) -> None:
    """POST /v2/translate with text, source_lang, target_lang, and the key in a header of its own."""
    answer = {"translations": [{"detected_source_language": "JA", "text": text} for text in RIGHT]}
    service.answer = lambda handler: handler.reply(json.dumps(answer).encode())
    made = settings(service, protocol="deepl", address=service.address, api_key="k3y")
    assert ask(Writer(made, folder=Path()), translation(to, "ja")) == RIGHT
    path, body, headers = service.asked[0]
    assert (path, headers["Authorization"]) == ("/v2/translate", "DeepL-Auth-Key k3y")
    assert body == {"text": list(SENTENCES), "source_lang": "JA", "target_lang": target}


@pytest.mark.parametrize("body", [{"translatedText": RIGHT[:1]}, {"translatedText": "x"}, {"error": "busy"}, []])
def test_a_wrong_answer_of_a_translator_is_one_failure(body: object, service: Service) -> None:
    """As many translations as sentences, or none."""
    service.answer = lambda handler: handler.reply(json.dumps(body).encode())
    with pytest.raises(WriterError, match="cannot be used"):
        translate(service, protocol="libretranslate", address=service.address)


def command(code: str) -> Writer:
    """A writer that runs Python code; `task` is what it is asked."""
    code = f"import json, sys\ntask = json.load(sys.stdin)\n{code}"
    made = WriterSettings(protocol="command", command=(sys.executable, "-c", code), timeout_seconds=10)
    return Writer(made, folder=Path())


def test_a_command_gets_json_and_answers_with_json() -> None:
    """It runs without a shell, as filters do."""
    writer = command(
        "for each in task['sentences']: each['text'] = each['text'].upper() + task['language'] + task['to']\n"
        "print(json.dumps({'sentences': task['sentences']}))"
    )
    assert ask(writer, translation()) == ["DER BAU DAUERT.deen", "ER KOSTET 3 EURO.deen"]


@pytest.mark.parametrize("code", ["sys.exit(3)", "print('hello')", "print('[]')", "print('{\"sentences\": []}')"])
def test_a_command_that_fails_is_one_failure(code: str) -> None:
    """The message says what it did."""
    with pytest.raises(WriterError):
        ask(command(code), translation())


def proposal(**changes: Any) -> str:
    """The JSON of a kicker, headline and blurb about SENTENCES, with other values for some keys."""
    blurb = [{"text": "The work takes time.", "from": [1]}, {"text": "It costs 3 euros.", "from": [1]}]
    return json.dumps({"kicker": "Building", "headline": "Slow work for little money", "blurb": blurb, **changes})


WRITING = writing_task(SENTENCES[0], SENTENCES[1:], "de", "en", None)


def test_a_chat_service_writes_kicker_headline_and_blurb_in_one_request(service: Service) -> None:
    """The story is data in the user's message; the answer's model, fingerprint and tokens are kept."""
    answer = json.loads(chat(f"```json\n{proposal()}\n```")) | {"model": "small-2", "system_fingerprint": "f1"}
    service.answer = lambda handler: handler.reply(json.dumps(answer).encode())
    answered = Writer(settings(service), folder=Path()).ask(WRITING, lambda _: "")
    assert (answered.model, answered.fingerprint, answered.tokens) == ("small-2", "f1", 50)
    assert answered.content.startswith("```json")
    (_, body, _) = service.asked[0]
    system, user = (message["content"] for message in body["messages"])
    assert json.loads(user)["story"]["sentences"] == [{"n": 1, "text": SENTENCES[1]}]
    assert SENTENCES[1] not in system
    assert body["response_format"]["json_schema"]["schema"]["required"] == ["kicker", "headline", "blurb"]


@pytest.mark.parametrize(
    "content",
    [
        proposal(kicker=None),
        proposal(headline=" "),
        proposal(blurb="It costs 3 euros."),
        proposal(blurb=[]),
        proposal(blurb=[{"text": "It costs 3 euros."}]),
        proposal(blurb=[{"text": "It costs 3 euros.", "from": ["1"]}]),
        proposal(blurb=[{"text": "It costs 3 euros.", "from": [2]}]),
        proposal(note="Done!"),
        sentences(RIGHT),
        "[]",
        "null",
    ],
)
def test_a_proposal_in_another_form_is_one_failure(content: str, service: Service) -> None:
    """Wrong keys and types, and numbers of sentences that were not sent."""
    service.answer = lambda handler: handler.reply(chat(content))
    with pytest.raises(WriterError, match="cannot be used") as caught:
        ask(Writer(settings(service), folder=Path()), WRITING)
    assert not caught.value.stops
    assert "\n" not in str(caught.value)


def test_a_translator_is_not_asked_to_write(service: Service) -> None:
    """LibreTranslate and DeepL know no such request."""
    made = settings(service, protocol="libretranslate", address=service.address)
    with pytest.raises(WriterError, match="writes no texts") as caught:
        ask(Writer(made, folder=Path()), WRITING)
    assert caught.value.stops
    assert service.asked == []


def test_a_command_that_writes_gets_the_limits() -> None:
    """They are in no schema, so that no model cuts its texts in the middle of a word."""
    writer = command(
        "limits = task['limits']\n"
        "print(json.dumps({'kicker': task['task'], 'headline': str(limits['headline_columns']),"
        " 'blurb': [{'text': each['text'], 'from': [each['n']]} for each in task['story']['sentences']]}))"
    )
    assert ask(writer, WRITING) == ["write", "70", SENTENCES[1]]


SPANISH = [
    "El puerto de Vigo compra dos grúas eléctricas",
    "El puerto paga 1.200 millones de euros por las grúas y por un almacén nuevo.",
    "Las grúas llegan en marzo y trabajan sin ruido.",
]


def test_apertium_translates_and_its_mistakes_are_found() -> None:
    """It leaves the point of a Spanish number, which makes 1.2 of 1,200; what it translates well passes."""
    if shutil.which("apertium") is None:
        skip_or_fail("apertium", "apt-get install apertium-eng-spa")
    script = Path(__file__).parents[1] / "apertium.py"
    writer = Writer(WriterSettings(protocol="command", command=(sys.executable, str(script))), folder=Path())
    verdicts = []
    for sentences in (SPANISH, [SPANISH[0], SPANISH[2]]):
        task = translation_task(sentences, "es", "en")
        answer = writer.ask(task, lambda _: "")
        verdicts.append(judge_answer(answer.content, "translate", task.sentences, "es", "en", date=None))
    wrong, right = verdicts
    assert [(each.rule, each.excerpt) for each in wrong.findings] == [("number", "1.200 million")]
    assert right.passed, right.findings
    assert "electrical cranes" in right.headline
