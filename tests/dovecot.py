"""A real IMAP server on loopback: Debian's Dovecot, with a mailbox in a folder of the test."""

import contextlib
import grp
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import trustme
from imapclient import IMAPClient

from tests.programs import skip_or_fail

LOGIN = "ann.of.the.quay"
PASSWORD = "kelp and sält 99"
_STARTED_SECONDS = 10.0

_CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {login_user}
ssl = required
ssl_cert = <{folder}/certificate.pem
ssl_key = <{folder}/key.pem
first_valid_uid = 0
mail_location = maildir:{folder}/mail:LAYOUT=fs
mail_fsync = never
auth_failure_delay = 0
imap_max_line_length = 1M
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = static
  args = uid={mail_uid} gid={mail_gid} home={folder}/home
}}
"""


@dataclass(frozen=True)
class Dovecot:
    """The running server, and the certificate authority that it is trusted by."""

    folder: Path
    port: int
    authority: Path

    def location(self, folder: str = "", host: str = "localhost") -> str:
        """The address of a folder of the mailbox."""
        return f"imaps://{host}:{self.port}/{folder}"

    @contextlib.contextmanager
    def client(self) -> Iterator[IMAPClient]:
        """A client of the account, as a mail program would have it."""
        context = ssl.create_default_context(cafile=self.authority)
        with IMAPClient("localhost", self.port, ssl_context=context) as client:
            client.plain_login(LOGIN, PASSWORD)
            yield client

    def deliver(self, *messages: bytes, folder: str = "INBOX", at: datetime | None = None) -> None:
        """Put messages into a folder, which is created if it does not exist."""
        with self.client() as client:
            if not client.folder_exists(folder):
                client.create_folder(folder)
            client.multiappend(folder, [{"msg": message, "date": at or datetime.now(UTC)} for message in messages])

    def flags(self, folder: str = "INBOX") -> list[tuple[bytes, ...]]:
        """The flags of the messages in a folder, without \\Recent."""
        with self.client() as client:
            client.select_folder(folder, readonly=True)
            found = client.get_flags(client.search())
        return [tuple(flag for flag in flags if flag != b"\\Recent") for flags in found.values()]


@contextlib.contextmanager
def running_dovecot(folder: Path) -> Iterator[Dovecot]:
    """Start the server and stop it afterwards. Without the program the test is skipped, or fails if CI=true."""
    program = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin")
    if program is None:
        skip_or_fail("dovecot", "apt-get install dovecot-imapd")
    assert program is not None
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost")
    authority.cert_pem.write_to_path(folder / "authority.pem")
    certificate.private_key_pem.write_to_path(folder / "key.pem")
    for part in certificate.cert_chain_pems:
        part.write_to_path(folder / "certificate.pem", append=True)
    server = Dovecot(folder, _free_port(), folder / "authority.pem")
    _write_config(server)
    process = subprocess.Popen([program, "-F", "-c", str(folder / "dovecot.conf")])
    try:
        _wait(server, process)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=_STARTED_SECONDS)


def _write_config(server: Dovecot) -> None:
    uid, gid = os.getuid(), os.getgid()
    user, group = pwd.getpwuid(uid).pw_name, grp.getgrgid(gid).gr_name
    mail_uid, mail_gid = (uid, gid) if uid else (65534, 65534)  # as root, Dovecot opens no mailbox
    for name in ("mail", "home"):
        (server.folder / name).mkdir()
        os.chown(server.folder / name, mail_uid, mail_gid)
    for parent in (server.folder, *server.folder.parents):
        if not uid and parent.stat().st_uid == uid and not parent.stat().st_mode & 0o001:
            parent.chmod(parent.stat().st_mode | 0o011)
    config = _CONFIG.format(
        folder=server.folder,
        user=user if uid else "dovecot",
        group=group if uid else "dovecot",
        login_user=user if uid else "dovenull",
        port=server.port,
        mail_uid=mail_uid,
        mail_gid=mail_gid,
    )
    (server.folder / "users").write_text(f"{LOGIN}:{{PLAIN}}{PASSWORD}\n", encoding="utf-8")
    (server.folder / "dovecot.conf").write_text(config, encoding="utf-8")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def _wait(server: Dovecot, process: "subprocess.Popen[bytes]") -> None:
    ends_at = time.monotonic() + _STARTED_SECONDS
    while not _answers(server.port):
        log = server.folder / "log"
        text = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
        assert process.poll() is None, f"dovecot did not start: {text}"
        assert time.monotonic() < ends_at, f"dovecot does not answer: {text}"
        time.sleep(0.05)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
