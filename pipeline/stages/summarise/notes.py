"""Lines that tell readers about the text and not about the news: datelines, notes, offers, announcements."""

import re

# Place, date and agency before the first sentence, in the forms of several countries' papers.
_AGENCIES = "dpa|afp|ap|reuters|sid|epd|kna|apa|sda|ots|efe|ansa|lusa|anp|ntb|tt|pap|tass|antara|bernama|pti|ani|xinhua"
_DATELINES = tuple(
    re.compile(pattern, flags)
    for pattern, flags in (
        # "HANOI, Nov 17 –", "BATU KAWAN (Reuters) —"
        (
            r"^[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ'’. -]{2,30}(?:[,/] ?[^—–]{2,25}?)?(?: \([^()]{2,24}\))? ?(?:[—–]|- )\s?"
            r"(?=[\"“„»«]?[A-ZÀ-ÖØ-Þ\d])",
            0,
        ),
        (
            rf"^[^\W\d][\w/.' ,-]{{1,40}}\((?:{_AGENCIES})\b[^()]{{0,20}}\)\s*[-–—.:]?\s*",
            re.IGNORECASE,
        ),  # "Kiel (dpa) -"
        (r"^【[^】]{2,30}】\s*", 0),  # "【ソウル＝川辺花】"
        (r"^[(（\[][^()（）\[\]]{2,20}=[^()（）\[\]]{2,20}[)）\]]\s*(?:[가-힣]{2,4}\s?(?:기자|특파원)\s?=\s*)?", 0),
        (r"^[(（][^()（）]{3,30}[電电訊讯報报][)）]\s*", 0),
        (r"^[^\s，。,]{2,6}[社網网][^\s，。,]{2,14}[電电訊讯]\s*(?:[(（][^()（）]{2,30}[)）])?\s*", 0),
    )
)
_NOTES = re.compile(
    r"(?:"
    r"this (?:article|story|report|post|page|live ?blog) (?:was|is|has been|will be|originally|first|contains)"
    r"|(?:an )?(?:earlier|previous) version of this|(?:we|we may|the site) (?:may )?(?:earn|receive)\b"
    r"|editor.?s note|correction\b|(?:last )?updated?(?: at| on|:|\b.{0,20}\d)"
    r"|(?:follow|see|read|find|get) (?:all|our|the latest|more)\b"
    r"|all (?:the )?(?:news|updates|developments|latest) (?:on|about|in)"
    r"|(?:live ?blog|live updates|breaking)\s*[:–—-]|(?:with )?(?:additional )?reporting (?:by|from)"
    r"|with files from|sign up|subscribe|click here|the views expressed"
    r"|(?:alle|sämtliche) (?:news|nachrichten|entwicklungen|informationen|infos)\b.{0,40}\b(?:zu|zum|zur|über|im)\b"
    r"|(?:dieser|der) (?:artikel|text|beitrag|liveblog|newsblog) (?:wurde|wird|ist|erschien|enthält)"
    r"|(?:liveblog|newsblog|liveticker)\b|aktualisiert|anmerkung der redaktion|korrektur|lesen sie|abonnieren"
    r"|jetzt anmelden|(?:cet |l.)article (?:a été|est)|mis à jour|suivez (?:en direct|notre|toute)"
    r"|toute l.actualité|note de la rédaction|à lire|est[ea] (?:artículo|noticia|nota) (?:fue|ha sido|se)"
    r"|actualizad[oa]|sigue (?:en directo|toda|nuestr)|toda la actualidad|lee también|nota del editor"
    r"|quest[oa] (?:articolo|notizia) (?:è|e stato)|aggiornat[oa]|tutte le (?:notizie|news)|segui la diretta"
    r"|leggi anche|est[ea] (?:artigo|notícia|reportagem) (?:foi|é)|atualizad[oa]|acompanhe|todas as notícias"
    r"|leia (?:também|mais)|dit (?:artikel|bericht) (?:is|werd)|bijgewerkt|volg (?:ons|het laatste|alle)"
    r"|al het nieuws|lees (?:ook|meer)|(?:artykuł|tekst) (?:został|jest)|aktualizacja"
    r"|czytaj (?:także|też|więcej)|wszystkie informacje|(?:den här )?artikeln (?:har|är)|uppdaterad"
    r"|läs (?:mer|också)|alla nyheter|artikkelen (?:er|ble)|oppdatert|les også|статья (?:была|обновл)"
    r"|обновлено|читайте также|все новости|bu haber|güncelleme|artikel ini|diperbarui|baca juga|bài viết này"
    r"|(?:編按|編者按|编者按|更正|更新|延伸閱讀|延伸阅读|相關報導|相关报道|點我看|追蹤|关注我们|本文(?:由|為|为|原)|本篇)"
    r"|(?:この(?:記事|動画)は|【?(?:速報|更新|訂正|関連記事)】?[：:]|※|最新(?:情報|ニュース)は|続きを読む)"
    r"|(?:이 기사는|업데이트|정정|관련 ?기사|편집자 ?주|▶|※)"
    r")",
    re.IGNORECASE,
)
_LONGEST_NOTE = 240  # characters
# A blank where ruby was: "韓国の 尹錫悦 大統領".
_RUBY_BLANK = re.compile(r"(?<=[\u3040-\u30ff\u4e00-\u9fff])[ \u3000](?=[\u3040-\u30ff\u4e00-\u9fff])")


def without_dateline(text: str) -> str:
    """Return the text without the place, date and agency before its first sentence."""
    for dateline in _DATELINES:
        found = dateline.match(text)
        if found and found.end() < len(text):
            return text[found.end() :]
    return text


def is_note(sentence: str) -> bool:
    """Whether the sentence is about the text or the site, and not about the news."""
    return len(sentence) <= _LONGEST_NOTE and _NOTES.match(sentence.lstrip("([*•-–—+ ")) is not None


def without_blanks(text: str, language: str) -> str:
    """Return Japanese text without the blanks that readings above its characters left."""
    return _RUBY_BLANK.sub("", text) if language == "ja" else text
