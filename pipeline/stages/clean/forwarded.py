"""Find the header block that mail programs put above a forwarded mail."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.stages.clean.text import count_words
from pipeline.text.normalise import normalise

# What mail programs call the fields, in the languages that they speak.
_LABELS = {
    "from": "from|von|van|de|da|fra|från|lähettäjä|od|от|от кого|gönderen|kimden|发件人|寄件者|寄件人|寄信人|差出人"
    "|보낸 사람|보낸사람",
    "date": "date|sent|datum|gesendet|verzonden|verstuurd|envoyé|fecha|enviado|data|inviato|enviada|dato|sendt|skickat"
    "|wysłano|päivämäärä|дата|отправлено|tarih|发送时间|發送時間|日期|时间|時間|寄件日期|傳送時間|送信日時|日付|日時"
    "|送信日|날짜|보낸 날짜",
    "subject": "subject|betreff|onderwerp|objet|asunto|oggetto|assunto|emne|ämne|aihe|temat|тема|konu|主题|主題|主旨"
    "|标题|標題|件名|제목",
    "to": "to|an|aan|à|para|a|til|till|do|vastaanottaja|кому|kime|收件人|收件者|收信人|宛先|받는 사람|받는사람",
    "cc": "cc|bcc|kopie|kopi|copia|cópia|копия|reply-to|antwort an|antwoord aan|répondre à|responder a|rispondi a"
    "|抄送|副本|참조",
}
_FIELDS = {label: field for field, labels in _LABELS.items() for label in labels.split("|")}
_ROW = re.compile(r"[\s>*_|]*(?P<label>[^\W\d][\w -]{0,18}?)[*_]*\s*[:：][*_]*(?:\s|\||&nbsp;)*(?P<value>.*)$")
_MARK = re.compile(
    r"[\s>]*(?:[-_=]{3,}.{0,60}$|begin forwarded|anfang der weitergeleiteten|début du message)", re.IGNORECASE
)
_ADDRESS = re.compile(r"[<\[(（]?\s*(?:mailto:)?[\w.+=-]+@[\w.-]+.*$")
_DEPTH = 60  # lines
_NOTE_WORDS = 150  # of whoever forwards the mail; what stands below more of them is part of a text
_LEAST_FIELDS = 3


@dataclass(frozen=True, slots=True)
class Forwarded:
    """What the header block says, and the line that the mail begins with."""

    sender: str
    subject: str
    date: str
    end: int


def find_forwarded(texts: Sequence[str], *, is_announced: bool) -> Forwarded | None:
    """Return the last of the header blocks near the top, or None.

    `is_announced`: the subject says that the mail was forwarded; otherwise a mark or an address has to show it.
    """
    found: Forwarded | None = None
    start = words = 0
    for index in range(min(len(texts), _DEPTH)):
        if index < start:
            continue
        block = _block_at(texts, index)
        if block and (is_announced or found or "@" in block[0].get("from", "") or _is_marked(texts[start:index])):
            fields, end = block
            found = Forwarded(
                sender_name(fields["from"]), normalise(fields.get("subject", "")), fields.get("date", ""), end
            )
            start, words = end, 0
        else:
            words += count_words(texts[index])
            if words > _NOTE_WORDS:
                break
    return found


def _block_at(texts: Sequence[str], index: int) -> tuple[dict[str, str], int] | None:
    """The fields of the header block that begins with this line, and where it ends; None where none does."""
    fields: dict[str, str] = {}
    end = index
    for at in range(index, min(len(texts), index + 2 * len(_LABELS))):
        row = _ROW.match(texts[at])
        field = _FIELDS.get(" ".join(row["label"].lower().split())) if row else None
        if row and field and (field not in fields or field == "cc"):
            fields[field] = row["value"].strip()
            end = at + 1
        elif not fields or ("@" not in texts[at] and texts[at].strip(" >")):
            break
    return (fields, end) if "from" in fields and len(fields) >= _LEAST_FIELDS else None


def _is_marked(texts: Sequence[str]) -> bool:
    return any(map(_MARK.match, texts))


def sender_name(sender: str) -> str:
    """The sender's name, or else the domain of the address."""
    name = normalise(_ADDRESS.sub("", sender)).strip(" \"'“”;；,<")
    if name:
        return name
    address = re.search(r"@([\w.-]+)", sender)
    return address[1] if address else ""
