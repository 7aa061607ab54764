"""What is wrong with a config is reported with file, line and key, all at once, and with a suggestion."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.config import load_config
from pipeline.errors import ConfigError
from pipeline.text.languages import EDITION_LANGUAGES
from tests.config.test_config import DESK, EDITIONS, SOURCES, WHOLE, faults, write

COMMENT = "a # after a space begins a comment; put a value that begins with # in quotes"
SECRET = "do not write a secret in this file; write ${NAME} and set NAME in the environment"
PASSWORD = "do not write a password in an address; write ${NAME} instead and set NAME in the environment"
NO_ADDRESS = "expected an address that starts with https:// or http://"

# What is appended to a right config of 11 lines, and what is message of it.
FAULTS = [
    # keys
    ("selct: {}", "12: selct: unknown key; did you mean select?"),
    ("select: {feature: 3}", "12: select.feature: unknown key; did you mean features?"),
    ("fetch:\n  retries: 2\n  robot: true", "14: fetch.robot: unknown key; did you mean robots?"),
    ("theme: {dark_acent: '#000000'}", "12: theme.dark_acent: unknown key; did you mean dark_accent?"),
    ("zebra: 1", "12: zebra: unknown key"),
    ("allow_private: [127.0.0.1]", "12: allow_private: unknown key; did you mean fetch.allow_private?"),
    ("accent: '#0b6e4f'", "12: accent: unknown key; did you mean theme.accent?"),
    ("select: {accent: '#0b6e4f'}", "12: select.accent: unknown key; did you mean theme.accent?"),
    # a value that begins with # is a comment
    ("topics:\n  - name: #chips", f"13: topics[0].name: expected text, found nothing; {COMMENT}"),
    ("topics:\n  - name:  # not yet", "13: topics[0].name: expected text, found nothing"),
    ("theme: {accent: #0b6e4f}", f"12: not YAML: {COMMENT}"),
    ("fetch: {1: 2}", "12: fetch: the key 1 is not text; put it in quotes"),
    ("name: Again", "12: name: the key is repeated, first in line 1; keep one"),
    ("select:\n  reads: 6\n  reads: 7", "14: select.reads: the key is repeated, first in line 13; keep one"),
    # kinds of value
    ("first_number: one", "12: first_number: expected a whole number, found text"),
    ("first_number: true", "12: first_number: expected a number, found true or false"),
    ("first_number: 1.5", "12: first_number: expected a whole number, found a number"),
    ("first_number: 0", "12: first_number: must be 1 or more"),
    ("first_number: 99999999999999999999999", "12: first_number: must be 1000000000000 or less"),
    ("fetch: {tolerance: 1.5}", "12: fetch.tolerance: must be 1 or less"),
    ("fetch: {deadline_seconds: 0}", "12: fetch.deadline_seconds: must be more than 0"),
    ("fetch: {per_host_delay_seconds: -1}", "12: fetch.per_host_delay_seconds: must be 0 or more"),
    ("fetch: {robots: perhaps}", "12: fetch.robots: expected true or false, found text"),
    ("fetch: []", "12: fetch: expected keys with values, found a list"),
    ("fetch:", "12: fetch: expected keys with values, found nothing"),
    ("topics: {a: b}", "12: topics: expected a list, found keys with values"),
    ("topics: [chips]", "12: topics[0]: expected keys with values, found text"),
    ("topics: [{name: 5}]", "12: topics[0].name: expected text, found a number; put it in quotes"),
    ("topics: [{name: ''}]", "12: topics[0].name: must not be empty"),
    ('topics: [{name: "a\\nb"}]', "12: topics[0].name: must be one line of text, without control characters"),
    ("topics: [{name: a, words: {en: chip}}]", "12: topics[0].words.en: expected a list, found text"),
    ("state: 5", "12: state: expected a path, found a number; put it in quotes"),
    ("select: {weights: {coverage: .inf}}", "12: select.weights.coverage: expected a number, found text"),
    ("select: {weights: {coverage: 1e999}}", "12: select.weights.coverage: expected a finite number, found a number"),
    # words of a list
    ("approve: atuo", "12: approve: 'atuo' is not one of editor, auto; did you mean auto?"),
    (
        "engine: dusk",
        "12: engine: expected serial, processes, dask, or a scheduler such as dask://host:8786; did you mean dask?",
    ),
    ("approve: nobody", "12: approve: 'nobody' is not one of editor, auto"),
    # languages
    ("language: {expected: [zh]}", "12: language.expected[0]: zh does not say which script; write zh-Hant or zh-Hans"),
    ("language: {expected: [zh-TW]}", "12: language.expected[0]: zh-TW does not say which script; write zh-Hant"),
    (
        "language: {expected: [en, German]}",
        "12: language.expected[1]: 'German' is not a language tag (BCP 47); did you mean de?",
    ),
    (
        "topics: [{name: a, names: {e_n: A}}]",
        "12: topics[0].names.e_n: 'e_n' is not a language tag (BCP 47), such as en, ja or zh-Hant",
    ),
    (
        "language: {expected: [nn]}",
        "12: language.expected[0]: the tagger cannot recognise nn; the nearest it can is nb",
    ),
    (
        "language: {expected: [jv]}",
        "12: language.expected[0]: the tagger cannot recognise jv; the nearest it can is id",
    ),
    (
        "language: {expected: [eo]}",
        "12: language.expected[0]: the tagger cannot recognise eo, see docs/language.md",
    ),
    ("language: {expected: [jp]}", "12: language.expected[0]: 'jp' is not a language tag (BCP 47); did you mean ja?"),
    ("language: {expected: []}", "12: language.expected: needs at least 1"),
    # places, addresses, looks
    (
        "timezone: Asia/Hongkong",
        "12: timezone: 'Asia/Hongkong' is not a time zone (IANA); did you mean Asia/Hong_Kong?",
    ),
    ("timezone: ../etc/passwd", "12: timezone: '../etc/passwd' is not a time zone (IANA), such as Asia/Hong_Kong"),
    ("pictures: {base_url: ftp://x.example/}", f"12: pictures.base_url: {NO_ADDRESS}"),
    ("pictures: {base_url: 'https://x .example/'}", "12: pictures.base_url: an address cannot contain spaces"),
    (
        "fetch: {allow_private: [http://10.0.0.1]}",
        "12: fetch.allow_private[0]: expected a host, an IP address or a network, without http://",
    ),
    (
        "fetch: {allow_private: [10.0.0.999]}",
        "12: fetch.allow_private[0]: '10.0.0.999' is not a host, IP address or network,"
        " such as 127.0.0.1 or 10.0.0.0/8",
    ),
    ("theme: {accent: red}", "12: theme.accent: 'red' is not a colour; write \"#rrggbb\" with the quotes"),
    (
        "theme:\n  accent: #c00",
        "13: theme.accent: the value is empty, because # starts a comment;"
        " put the colour in quotes, or leave the key out",
    ),
    (
        "theme: {font_sans: 'Arial; color: red'}",
        "12: theme.font_sans: expected font names separated by commas, such as Georgia, Times New Roman, serif",
    ),
    ("theme: {radius: 99}", "12: theme.radius: must be 48 or less"),
    # what does not go together
    (
        "select: {features: 1, reads: 1}",
        "12: select.minimum: more than features and reads together (2): there would never be an issue",
    ),
    (
        "topics: [{name: a}, {name: A }]",
        "12: topics[1].name: 'A' is also the name of topics[0]; use two different names",
    ),
    # the environment
    ("timezone: ${ZONE}", "12: timezone: the environment has no variable ZONE; set it, or write ${ZONE:-default}"),
    ("timezone: ${zone-UTC}", "12: timezone: ${zone-UTC} is not a variable name; write ${NAME} or ${NAME:-default}"),
    ("timezone: ${ZONE", "12: timezone: ${ZONE is not a variable name; write ${NAME} or ${NAME:-default}"),
    # secrets
    ("smtp: {host: h, password: hunter2}", f"12: smtp.password: {SECRET}"),
    ("smtp: {host: h, login: '${WHO:-ada}'}", f"12: smtp.login: {SECRET}"),
    ("smtp: {host: h, login: 'x${WHO:-}'}", f"12: smtp.login: {SECRET}"),
    ("pictures: {base_url: https://ada:word@x.example/}", f"12: pictures.base_url: {PASSWORD}"),
    (
        "writer: {protocol: openai, address: 'https://x.example', model: m, api_key: abc}",
        f"12: writer.api_key: {SECRET}",
    ),
    # the writer
    ("writer: {protocol: openai, address: 'https://x.example/v1'}", "12: writer: the protocol openai needs model"),
    ("writer: {protocol: deepl, address: 'https://x.example'}", "12: writer: the protocol deepl needs api_key"),
    (
        "writer: {protocol: libretranslate, address: 'http://localhost:5000', write_for: [en]}",
        "12: writer.write_for: libretranslate only translates; this also needs the protocol openai or command",
    ),
    ("writer: {protocol: libretranslate}", "12: writer: the protocol libretranslate needs address"),
    ("writer: {protocol: command}", "12: writer: the protocol command needs command"),
    (
        "writer: {protocol: libretranslate, address: 'http://x.example'}",
        "12: writer.address: write https://; http:// is for a service on this machine or in your network",
    ),
    # YAML's own traps
    (
        "theme: !!python/object:os.system {}",
        "12: theme: the tag tag:yaml.org,2002:python/object:os.system is not supported; leave it out",
    ),
    ('topics: [{name: "\\ud800"}]', "12: topics[0].name: contains half a character (a lone surrogate)"),
]


@pytest.mark.parametrize(("added", "message"), FAULTS)
def test_a_fault_is_reported_with_its_line_and_key(tmp_path: Path, added: str, message: str) -> None:
    """One fault in an otherwise right config gives exactly one line."""
    assert faults(tmp_path, f"{WHOLE}{added}\n") == [f"config.yaml:{message}"]


REWRITTEN = [
    (
        "feed: https://tide.example/rss",
        "mailbox: imap://mail.example/",
        "11: sources[0].mailbox: expected imaps://HOST/FOLDER, or the path of a Maildir;"
        " a mailbox is read over TLS only",
    ),
    (
        "feed: https://tide.example/rss",
        "mailbox: imaps://mail.example/, login: '${X:-}'",
        "11: sources[0]: needs login and password for its mailbox; write ${NAME} and set NAME in the environment",
    ),
    (
        "feed: https://tide.example/rss",
        "mailbox: imaps://mail.example/, login: '${X:-}', password: kelp",
        "11: sources[0].password: do not write a password in this file; write ${NAME} and set NAME in the environment",
    ),
    (
        "feed: https://tide.example/rss",
        "mailbox: post, password: '${X:-}'",
        "11: sources[0].password: is for a mailbox on a server; leave it out",
    ),
    ("name: Tide, ", "", "11: sources[0].name: missing: the source's name; each source has its own"),
    (
        ", feed: https://tide.example/rss",
        "",
        "11: sources[0]: needs one of feed, page, folder, mailbox or warc: where its stories come from",
    ),
    (
        "feed: https",
        "page: x.html, feed: https",
        "11: sources[0].page: has feed and page; keep one, and make the other a source of its own",
    ),
    ("feed:", "weigth: 2, feed:", "11: sources[0].weigth: unknown key; did you mean weight?"),
    (
        "https://tide.example/rss",
        "gopher://tide.example/",
        "11: sources[0].feed: gopher:// is not supported; write an http(s) address or a path",
    ),
    ("https://tide.example/rss", "https://", f"11: sources[0].feed: {NO_ADDRESS}"),
    ("https://tide.example/rss", "'http://[x/'", "11: sources[0].feed: not a valid address: Invalid IPv6 URL"),
    (
        "  email: desk@harbour.example\n",
        "",
        "2: desk.email: missing: the address that the letter comes from and that replies go to",
    ),
    (
        "desk@harbour.example",
        "Desk <desk@harbour.example>",
        "4: desk.email: expected one email address without a name, such as desk@example.org",
    ),
    ("postal_address: 1 Pier", "postal_address:", "5: desk.postal_address: expected text, found nothing"),
    ("https://harbour.example/out", "javascript:alert(1)", f"7: desk.unsubscribe_url: {NO_ADDRESS}"),
    (
        "https://harbour.example/out\n",
        "https://harbour.example/out\n  list_id: two words\n",
        "8: desk.list_id: expected a name that looks like a host name, such as weekly.example.org (RFC 2919)",
    ),
    (
        "name: en,",
        "name: ../en,",
        "9: editions[0].name: '../en' is not a safe folder name; use letters A to Z, digits, - and _",
    ),
    (
        "name: en,",
        "name: pictures,",
        "9: editions[0].name: 'pictures' is already the name of another file in an issue's folder; choose another name",
    ),
    (
        "city: Macau",
        "town: Macau",
        [
            "9: editions[0].host.city: missing: the city that the host writes from, whose form dates have",
            "9: editions[0].host.town: unknown key",
        ],
    ),
    (
        "city: Macau}",
        "city: Macau, portrait: me.png}",
        "9: editions[0].host.portrait: {folder}/me.png does not exist; a path is relative to the folder of the config",
    ),
    (
        "language: en,",
        "language: en, languages: {ja: none},",
        "9: editions[0].languages.ja: expected a whole number, found text",
    ),
    ("language: en,", "language: en, languages: ja,", "9: editions[0].languages: expected a list, found text"),
    (
        "language: en,",
        "language: el-CY,",
        "9: editions[0].language: there is no message catalogue for el-CY; an edition can be in"
        f" {', '.join(EDITION_LANGUAGES)}. For another language, translate messages/en.po to messages/el_CY.po in a"
        " templates folder of your own",
    ),
    ("language: en,", "language: en, summary_length: 10,", "9: editions[0].summary_length: must be 80 or more"),
    (
        "language: en,",
        "language: en, subject: '{titel} {number}',",
        "9: editions[0].subject: {titel} is not known here; use {date}, {headline}, {number}, {title}; "
        "did you mean title?",
    ),
    (
        "language: en,",
        "language: en, letter: '{week}.md',",
        "9: editions[0].letter: {week} is not known here; use {edition}, {issue}",
    ),
    (EDITIONS, "editions: []\n", "8: editions: needs at least one edition"),
    (EDITIONS, "", "1: editions: missing: the letters of an issue; the first is the main one"),
    (
        SOURCES,
        SOURCES + "  - {name: TIDE, folder: a}\n",
        "12: sources[1].name: 'TIDE' is also the name of sources[0]; use two different names",
    ),
    (SOURCES, "sources: nothing\n", "10: sources: expected a list, found text"),
]


@pytest.mark.parametrize(("old", "new", "message"), REWRITTEN)
def test_a_fault_in_what_is_needed_is_reported(tmp_path: Path, old: str, new: str, message: str | list[str]) -> None:
    """The same for the desk, the editions and the sources."""
    assert old in WHOLE
    wanted = [message] if isinstance(message, str) else message
    text = WHOLE.replace(old, new, 1)
    assert faults(tmp_path, text) == [f"config.yaml:{line}".replace("{folder}", str(tmp_path)) for line in wanted]


def test_all_faults_are_reported_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    """Nobody has to run the command once for each fault."""
    text = """\
name: 5
desk: {name: Desk, email: nobody, postal_address: 1 Pier, subscribe_url: https://a.example/}
editions:
  - {name: en, language: englsh, host: {name: Ada, city: Macau}}
  - {name: EN, language: zh, host: {name: Ada, city: "${TOWN}"}}
selct: {}
smtp: {host: h, password: hunter2}
sources:
  - {name: a, feed: https://a.example/, weigth: 2}
  - {name: a, weight: heavy}
"""
    keys = [line.split(": ")[:2] for line in faults(tmp_path, text)]
    assert keys == [
        ["config.yaml:1", "name"],
        ["config.yaml:2", "desk.email"],
        ["config.yaml:2", "desk.unsubscribe_url"],
        ["config.yaml:4", "editions[0].language"],
        ["config.yaml:5", "editions[1].host.city"],
        ["config.yaml:5", "editions[1].language"],
        ["config.yaml:5", "editions[1].name"],
        ["config.yaml:6", "selct"],
        ["config.yaml:7", "smtp.password"],
        ["config.yaml:9", "sources[0].weigth"],
        ["config.yaml:10", "sources[1].weight"],
        ["config.yaml:10", "sources[1]"],
        ["config.yaml:10", "sources[1].name"],
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", ": the file is empty; `newsletter init` writes one to start from"),
        ("# only a comment\n", ": the file is empty; `newsletter init` writes one to start from"),
        ("---\n", ": the file is empty; `newsletter init` writes one to start from"),
        ("- a\n", ":1: expected keys with values, such as `name: My Letter`"),
        ("just words\n", ":1: expected keys with values, such as `name: My Letter`"),
        ("name: a\ndesk:\n\tname: b\n", ":3: the line begins with a tab; indent with spaces"),
        ("name: a\n\temail: b\n", ":2: the line begins with a tab; indent with spaces"),
        (
            "name: a: b\n",
            ":1: not YAML: unexpected colon; check the indentation, and put text that contains `: ` in quotes",
        ),
        ("name: a\n---\nname: b\n", ":2: a second document begins here (`---`); keep one"),
        ("a: &x [1]\nb: *x\n", ":2: the alias *x is refused; repeat the value instead"),
        ("a:\n  <<: *x\n", ":2: the alias *x is refused; repeat the value instead"),
        (
            "name: a\nlist:\n  - b\n c: d\n",
            ":4: not YAML: check the indentation of this line and the one before it, "
            "and that the key ends with a colon",
        ),
        ("name: 'a\n", ":2: not YAML: while scanning a quoted scalar: found unexpected end of stream"),
        (b"name: caf\xe9\n", ":1: the file is not UTF-8; save it in this encoding"),
        ("name: a\n".encode("utf-16"), ":1: the file is not UTF-8; save it in this encoding"),
        (b"name: a\nb: \x00\n", ":2: the character U+0000 is not allowed in YAML"),
        ("[" * 5000, ":1: nested more than 20 levels deep"),
        ("a: " + "{b: " * 3000, ":1: nested more than 20 levels deep"),
        ("#" * 2_000_001, ": the file is larger than 2,000,000 bytes, which is too large for a config"),
    ],
)
def test_a_file_that_is_no_config_is_reported(tmp_path: Path, text: str | bytes, message: str) -> None:
    """What YAML cannot be made of is reported with its line, in words that help."""
    assert faults(tmp_path, text) == [f"config.yaml{message}"]


def test_a_file_that_is_not_there_is_reported(tmp_path: Path) -> None:
    """A wrong path, and a folder instead of the file."""
    with pytest.raises(ConfigError, match=r"none\.yaml: the file does not exist; name one with --config"):
        load_config(tmp_path / "none.yaml", environ={})
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load_config(tmp_path, environ={})


def test_growing_aliases_are_refused_before_they_grow(tmp_path: Path) -> None:
    """A file of a few hundred bytes that would be gigabytes when read."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    assert faults(tmp_path, "\n".join(lines)) == ["config.yaml:2: the alias *a0 is refused; repeat the value instead"]


def test_a_secret_is_not_repeated_in_the_message(tmp_path: Path) -> None:
    """Neither one written out nor one from the environment ends up in a terminal or a log."""
    extra = "smtp: {host: h, password: hunter2}\nselect: {features: '${WORD}'}\n"
    found = "\n".join(faults(tmp_path, WHOLE + extra, WORD="sesame"))
    assert "hunter2" not in found
    assert "sesame" not in found


def test_a_byte_order_mark_and_windows_lines_do_no_harm(tmp_path: Path) -> None:
    """Files from other editors are read, and their lines counted right."""
    text = "\ufeff" + WHOLE.replace("\n", "\r\n")
    assert load_config(write(tmp_path, text), environ={}).name == "Harbour"
    assert faults(tmp_path, text + "zebra: 1\r\n") == ["config.yaml:12: zebra: unknown key"]


yaml_text = st.text(st.sampled_from("ab:-# \n\t[]{}&*!|>'\"%@`,?.0${}~<é\u2028\ud83d"), max_size=60)


@settings(max_examples=300)
@given(yaml_text, st.integers(0, len(WHOLE)))
def test_damage_anywhere_is_a_config_or_a_config_error(
    tmp_path_factory: pytest.TempPathFactory, text: str, at: int
) -> None:
    """Whatever is typed into a config, it loads or is reported in lines that begin with the file."""
    folder = tmp_path_factory.mktemp("damage")
    path = write(folder, (WHOLE[:at] + text + WHOLE[at:]).encode("utf-8", "surrogatepass"))
    found = ""
    try:
        load_config(path, environ={})
    except ConfigError as error:
        found = str(error)
    assert all(line.startswith(f"{path}:") for line in found.splitlines())


def test_the_desk_alone_lists_what_else_is_needed(tmp_path: Path) -> None:
    """A config that has just begun lists what comes next."""
    assert faults(tmp_path, DESK) == [
        "config.yaml:1: editions: missing: the letters of an issue; the first is the main one",
        "config.yaml:1: sources: missing: where stories come from",
    ]
