"""Cut what publishing programs put below the text of an entry: "appeared first on", share links, "Read more".

The lines are those of WordPress, Substack, Blogger, Reddit and Hacker News, in the languages they write them in.
"""

import html
import re

from pipeline.text.normalise import one_line

TAIL_CHARS = 3_000  # of the markup, where furniture is looked for
MAX_CUTS = 12  # lines of furniture below one text
LONGEST_LINE = 400
MAX_SENTENCES = 6  # of a line that may be furniture
LONGEST_ENDING = 100  # characters around the title in a line that links to the entry and its site

# X is the title of the entry, and Y the name of the site.
_APPEARED_FIRST = (
    "The post X appeared first on Y",
    "Der Beitrag X erschien zuerst auf Y",
    "L'article X est apparu en premier sur Y",
    "Cet article X est apparu en premier sur Y",
    "La entrada X (?:aparece primero|se publicó primero|apareció primero) en Y",
    "(?:O post|O conteúdo|O artigo) X (?:apareceu primeiro|aparece primeiro|foi publicado primeiro) em Y",
    "L'articolo X (?:proviene da|sembra essere il primo su) Y",
    "L'entrada X ha aparegut primer a Y",
    "Het bericht X verscheen eerst op Y",
    "Inlägget X (?:dök först upp på|visades först på) Y",
    "Indlægget X blev først udgivet på Y",
    "Innlegget X dukket først opp på Y",
    "Artikkeli X julkaistiin ensimmäisen kerran Y",
    "Artykuł X pochodzi z serwisu Y",
    "Příspěvek X (?:pochází z|se nejdříve objevil na) Y",
    "Príspevok X zobrazený najskôr Y",
    "Articolul X apare prima dată în Y",
    "A?z? ?X bejegyzés először Y",
    "(?:Сообщение|Запись) X (?:появились сначала на|впервые появилась) Y",
    "Запис X (?:спершу з'явився на|вперше з'явився) Y",
    "Публикацията X се появи първо на Y",
    "Το άρθρο X εμφανίστηκε πρώτα στο Y",
    "(?:Artikel|Postingan|Kiriman) X pertama kali tampil pada Y",
    "Bài viết X đã xuất hiện đầu tiên vào ngày Y",
    "ظهرت المقالة X أولاً على Y",
)
_TITLE_FIRST = (
    "X yazısı ilk önce Y üzerinde ortaya çıktı",
    "(?:投稿 ?)?X は Y に最初に表示されました",
    "《?X》?(?:最先出现在|最先出現於|最先發佈於|首先出现在|首先出現在) ?Y",
    "X 게시물이 Y에 처음 등장했습니다",
    r"X is a reader-supported publication\. To receive new posts.{0,200}",
)
# Words of each line that begins with its title: without them, the search for a title's end is spared.
_TITLE_FIRST_WORDS = ("yazısı", "に最初に", "最先", "首先", "게시물이", "reader-supported")
# Lines of these words alone, or in a link with more behind them (~).
_BUTTONS = (
    "Read (?:the )?(?:more|full (?:story|article|post)|rest)~",
    "(?:Continue|Keep) reading~|(?:Click|Tap) here to (?:read|continue)~",
    "Weiterlesen~|Mehr lesen~|Zum Artikel|Den ganzen Artikel lesen",
    "Lire (?:la suite|plus|l'article)~",
    "(?:Leer más|Leer el artículo|Sigue leyendo|Seguir leyendo)~",
    "(?:Leia mais|Ler mais|Saiba mais|Continue a ler|Continuar lendo|Continue lendo)~",
    "(?:Continua a leggere|Leggi tutto|Leggi di più|Leggi l'articolo)~",
    "(?:Lees verder|Lees meer|Läs mer|Les mer|Læs mere|Lue lisää|Czytaj dalej|Czytaj więcej|Číst dále|Číst více)~",
    "(?:Читать далее|Читать дальше|Читать полностью|Читати далі|Devamını oku|Tovább olvasom|Citește mai mult)~",
    "(?:Baca selengkapnya|Baca selanjutnya|Đọc tiếp|Đọc thêm|อ่านต่อ|المزيد|اقرأ المزيد)~",
    "(?:続きを読む|続きはこちら|阅读全文|阅读更多|閱讀全文|閱讀更多|繼續閱讀|继续阅读|더 ?보기|계속 읽기)~",
    r"\[?(?:Comments|Kommentare|Commentaires|Comentarios|Commenti|コメント)(?: \(\d+\))?\]?",
    r"\[?link\]?(?: \[comments\])?",
    "(?:Share|Tweet|Pin|Email|Print)(?: this)?(?: (?:on|via|to|with) [^.]{1,30})?:?",
    "(?:Subscribe(?: now)?|Upgrade to paid|Leave a comment|Refer a friend|Give a gift subscription)",
)
_NETWORKS = "Share|Tweet|Email|Print|Like|Facebook|Twitter|WhatsApp|LinkedIn|Telegram|Reddit|Mastodon|Bluesky"
_LINKED_BUTTONS = (rf"(?:(?:{_NETWORKS})[ |·,]*){{1,12}}", "Share [^.]{1,60}", r"Get \d+% off.{0,40}")
_SENTENCES = (
    r"(?:Article|Comments) URL: \S+|Points: \d+|# Comments: \d+",
    r"submitted by /?u/\S+(?: to r/\S+)?(?: \[link\])?(?: \[comments\])?",
    r"(?:Thanks|Thank you) for reading [^.!?]{0,80}[.!](?: (?:Subscribe for free|This post is public|If you).{0,160})?",
)


def _pattern(*lines: str, before: str = "", after: str = "") -> re.Pattern[str]:
    joined = "|".join(lines).replace("'", "['’]")
    return re.compile(rf"{before}(?:{joined})[\s.。!…»›→>]*{after}", re.IGNORECASE)


def _appeared(sentence: str) -> str:
    return sentence.replace(" X", " ?X").replace("X", ".{1,250}?").replace("Y", ".{1,120}")


_SENTENCE_BREAK = r"[.!?…\];。！？](?:\s+|(?<=[。！？]))"
_ENDINGS = (*map(_appeared, _APPEARED_FIRST), *_SENTENCES)
_ENDING = _pattern(*_ENDINGS)
_LAST_ENDING = _pattern(*_ENDINGS, before=_SENTENCE_BREAK, after=r"\Z")
_TITLE_FIRST_ENDING = _pattern(
    *(line.replace("X", rf"(?:(?!{_SENTENCE_BREAK}).){{1,250}}?").replace("Y", ".{1,120}") for line in _TITLE_FIRST)
)
_BUTTON = _pattern(*(line.replace("~", "") for line in _BUTTONS))
_LINK = _pattern(*(line.replace("~", "(?:[ :].{1,150})?") for line in _BUTTONS), *_LINKED_BUTTONS)
_LINKED_MORE = _pattern(*(line.replace("~", "(?:[ :].{1,150})?") for line in _BUTTONS if "~" in line))
_TAG = re.compile(r"<[^<>]*>")
_BLOCK = re.compile(r"<(/?)(?:p|div|br|hr|li|ul|ol|table|tbody|tr|td|h[1-6]|blockquote|section|figure)\b[^<>]*>")
_NAME = re.compile(r"<(/?)([a-z][a-z0-9]*)")
_SENTENCE_END = re.compile(_SENTENCE_BREAK)
_ANCHOR = re.compile(r"<a\b[^<>]*>(?:(?!</?a\b).)*</a>", re.DOTALL)


def without_furniture(markup: str, title: str, url: str | None) -> str:
    """The sanitised HTML without the lines of furniture at its end."""
    for _ in range(MAX_CUTS if markup else 0):
        start = _furniture_start(markup, title, url)
        if start is None:
            return markup
        markup = markup[:start].rstrip() + _open_ends(markup[start:])
        if not _text(markup) and "<img" not in markup:
            return ""
    return markup


def _open_ends(cut: str) -> str:
    """The end tags in the part that is cut off of elements that begin before it."""
    inner: list[str] = []
    ends: list[str] = []
    for end, name in _NAME.findall(cut):
        if not end:
            inner.append(name)
        elif name in inner:
            del inner[len(inner) - 1 - inner[::-1].index(name) :]
        else:
            ends.append(f"</{name}>")
    return "".join(ends)


def _furniture_start(markup: str, title: str, url: str | None) -> int | None:
    """Where the furniture at the end of the markup begins: a line, its last link, or its last sentence."""
    found = _last_line(markup)
    if found is None:
        return None
    opening, start, line, text = found
    if len(text) <= LONGEST_LINE and (
        _BUTTON.fullmatch(text) or _is_ending(text, title) or _is_linked_furniture(line, text, title, url)
    ):
        return opening
    link = line.rfind("<a ")
    if link >= 0 and _LINKED_MORE.fullmatch(_text(line[link:])):
        return start + link
    if not _may_end_so(text):
        return None
    for end in list(_SENTENCE_END.finditer(line))[-MAX_SENTENCES:]:
        if _is_ending(_text(line[end.end() :]), title):
            return start + end.end()
    return None


def _may_end_so(text: str) -> bool:
    """Whether the last sentence of a line may be furniture: a quick test, which saves cutting most lines apart."""
    return bool(_LAST_ENDING.search(text)) or any(words in text for words in _TITLE_FIRST_WORDS)


def _is_ending(text: str, title: str) -> bool:
    if _ENDING.fullmatch(text):
        return True
    if not any(words in text for words in _TITLE_FIRST_WORDS):
        return False
    # What stands before such a line's own words is one sentence, or the title, which may be several.
    return bool(_TITLE_FIRST_ENDING.fullmatch(text.replace(title, "X") if title else text))


def _last_line(markup: str) -> tuple[int, int, str, str] | None:
    """The last line with words: where its opening tag begins, where it begins itself, its markup, and its text."""
    stop = position = len(markup)
    least = max(0, stop - TAIL_CHARS)
    while (position := markup.rfind("<", least, position)) >= 0:
        block = _BLOCK.match(markup, position)
        if not block:
            continue
        line = markup[block.end() : stop]
        if text := _text(line):
            return (block.end() if block[1] else position), block.end(), line, text
        if "<img" in line:
            return None
        stop = position
    text = "" if least else _text(markup[:stop])
    return (0, 0, markup[:stop], text) if text else None


def _is_linked_furniture(line: str, text: str, title: str, url: str | None) -> bool:
    """Whether a line is a button, or links the entry's title and its site with few words between."""
    if "<a " not in line:
        return False
    if not _text(_ANCHOR.sub("", line)).strip("|·,/[]() ") and _LINK.fullmatch(text):
        return True
    named = bool(title and url) and title in text and line.count("<a ") == 2 and html.escape(url or "") in line
    return named and len(text) - len(title) <= LONGEST_ENDING


def _text(markup: str) -> str:
    return one_line(html.unescape(_TAG.sub("", markup) if "<" in markup else markup))
