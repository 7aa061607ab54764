"""The kind of a story, by rules on its address and title.

The rules are precise rather than complete: a story that no rule knows is a `story`.
"""

import re
from typing import NamedTuple

from pipeline.records import Kind


class StoryKind(NamedTuple):
    """A kind, and what in the address or title shows it; empty for a plain story."""

    kind: Kind
    reason: str = ""


# Kinds that a letter may take, but that rarely make a good story: they cost relevance.
MINOR_KINDS: frozenset[Kind] = frozenset(["podcast", "howto", "release", "promo", "lifestyle"])

_PLAIN = StoryKind("story")

# "7 gadgets to help keep your home clean", "A vs B vs C", "(page 672)": a list or a comparison, not an event.
_LISTED = (
    r"^(?:the |my |our |these |here are )?(?:\d+|five|six|seven|eight|nine|ten) (?:[\w'’-]+ ){0,3}"
    r"(?:gadgets|things|apps|tools"
    r"|moves|tips|ways|reasons|books|facts|lessons|takeaways|charts|questions|products|mistakes|films|movies|shows|games|stocks"
    r"|phones|laptops|headphones|gifts|ideas|dinge|tipps|gründe|fakten|redenen|dingen|choses|raisons|cosas|razones)\b"
    r"|\bvs\.? [^,]{2,40} vs\.? |\bprice(?:s)? in india\b.*\b(?:specifications|features)\b|\branked\b\s*[:：]?$"
    r"|\b(?:im vergleich|im test|bestenliste|kaufberatung|koopgids|comparatif|comparativa)\b"
    r"|（\d+ページ目）|おすすめ\d+選|排行榜$|盘点[:：]|^推荐[:：]"
)
# Reviews of products and of films: for those who buy, not for those who follow the news.
_REVIEWED = (
    r"^(?:review|hands[- ]on|first look|unboxing|kritik|recensie|recensione|reseña|test)\s*[:：|]"
    r"|(?-i:(?<!Under )(?<!In )Review)(?:\s*[:：|]|$)"
    r"|\(20\d\d\) review\b|レビュー(?:$|[！!｜|（(【])|【レビュー】|开箱|開箱|评测(?:[:：|]|$)"
    r"|評測(?:[:：|]|$)|体验[:：]|사용기|리뷰(?:$|[:：])"
)
# What to buy at the stock exchange.
_STOCK_TIP = (
    r"\bprice targets?\b|\bstocks? to (?:buy|watch|own|sell)\b|\bshould you (?:buy|sell)\b"
    r"|\btime to buy\b|\bbuy the dip\b"
    r"|\bis (?:it|[\w .&'-]{2,30}) (?:stock )?(?:a|still a) (?:buy|sell)\b"
    r"|\bkursziel\b|\bkaufempfehlung\b|\bkoersdoel\b"
    r"|目標價|目标价|目標株価|株価予想|黑馬股|法人青睞|飆股|大化け株|急騰株|銘柄(?:選|を|の)"
    r"|수혜주|관련주|목표주가|吸金\s*[\d.]"
)

# The first rule that matches decides. Repositories count only at their root: archives of feeds live on the same host.
_RULES: tuple[tuple[Kind, str, str], ...] = (
    ("video", "address", r"/(?:videos?|watch)/|youtube\.com/watch|youtu\.be/|bilibili\.com/video"),
    (
        "video",
        "title",
        r"^(?:watch|video|vidéo|動画|影片|视频)\s*[:：|】]|\[(?:video|vídeo|vidéo|영상)\]|【(?:動画|影片|视频)】"
        r"|［動画］|[(（](?:video|vídeo|vidéo|mit video|met video|영상)[)）]$| [-–] youtube$",
    ),
    ("podcast", "address", r"/podcasts?/|podcasts\.|/episodes?/\d"),
    ("podcast", "title", r"\bpodcasts?\b|播客|ポッドキャスト|팟캐스트"),
    ("live", "address", r"/news/live/|live-?blog|live-updates|live-?ticker"),
    (
        "live",
        "title",
        r"^(?:live|live updates?|liveticker|liveblog|en direct|ライブ)\s*[:：|]|\blive ?blog\b|\blive ?ticker\b"
        r"|\blive updates\b|- as it happened$|直播[：:]",
    ),
    ("deal", "address", r"/(?:deals|coupons?|bons-plans|schnaeppchen)/|[-/](?:prime-day|black-friday|cyber-monday)"),
    (
        "deal",
        "title",
        r"\b(?:best|early|top|today.?s|great|weekend|prime day) (?:[\w-]+ ){0,4}deals\b|\bdeals? of the (?:day|week)\b"
        r"|\bpromo codes?\b|\bcoupons?\b|\d+ ?(?:%|percent) off\b|\bhalf off\b|[$€£]\d[\d,.]* off\b"
        r"|\b(?:lowest|all-time low|record-low|best) prices?\b(?= (?:ever|yet|to date|at|on)\b|$)"
        r"|\bsave (?:up to )?[$€£]\d|\b(?:black friday|cyber monday|prime day)\b|\bgift guide\b|schnäppchen|bestpreis"
        r"|bon plan|soldes\b|到手价|到手 ?\d|券后|百亿补贴|史低|史上最低價|限時優惠|限时优惠|最安値|クーポン"
        r"|セール(?:中|開催|で)|특가|쿠폰|\bkorting(?:en|scodes?)\b|\bcódigo de descuento\b",
    ),
    ("howto", "address", r"/(?:how-?to|tutorials?|ratgeber|anleitung(?:en)?)/|/how-to-"),
    (
        "howto",
        "title",
        r"^how to\b|^how (?:i|you can|we)\b|^getting started\b|^(?:the |a )?(?:complete |beginner.?s |practical "
        r"|ultimate )+guide\b|\beverything you need to know\b"
        r"|^\d+ (?:tips|ways|tricks|steps|best|prompts)\b|^tutorial\b|^so (?:geht|funktioniert)\b"
        r"|^zo (?:werkt|gebruik|maak) je\b|^comment (?:installer|choisir|utiliser)\b|^cómo (?:instalar|elegir|usar)\b"
        r"|教程|教學|教学|保姆级|使い方|やり方|하는 법"
        r"|^(?:explainer|explained|erklärt|uitgelegd|décryptage)\s*[:：|]|^\w+ explains\s*[:：]"
        r"|^what (?:is|are) (?:an? |the )?[\w.' -]{2,40}\?"
        r"|^(?:was ist|wat is|qu['’]est-ce qu|¿?qué es|o que é|cos['’]è) "
        r"|とは(?:[?？]|何か|なにか)"
        r"|이란\?|一文(?:读懂|看懂|讀懂|搞懂)",
    ),
    ("listing", "title", _LISTED),
    ("lifestyle", "title", _REVIEWED),
    ("promo", "title", _STOCK_TIP),
    (
        "listing",
        "title",
        r"^(?:[\w一-龥]{0,6})(?:早报|晚报|早報|晚報|早知道|周报|週報|午报|晨报|夜报)"
        r"|[|｜丨·][^|｜]{0,8}(?:早报|晚报|早報|晚報|周报|週報)|[一-龥0-9]+点1氪|氪星晚报|一周(?:要闻|回顾|热点)"
        r"|每日(?:早报|资讯|要闻)|\bnews ?round-?up\b|\bround-?up\b|^the download\b|\bweek in review\b|^this week in\b"
        r"|^daily (?:brief|digest)|^morning (?:brief|briefing)\b|\bnewsletter\b|^the best "
        r"|^best [\w ,'-]+ (?:of|for|in) 20\d\d|\bwochenrückblick\b|まとめ$|今週の|今日の(?:ニュース|まとめ)"
        r"|뉴스 ?브리핑|오늘의 ?뉴스|\d+選(?:$|[！!｜|(（ ])|銘柄ランキング|盘前必读|盤前必讀"
        r"|(?:最近|近期|本周)值得(?:一看|关注)"
        r"|^what to (?:watch|read|stream)\b",
    ),
    ("listing", "address", r"/(?:tag|tags|category|search)/[^/]*/?$|/(?:issue|newsletter)[-/]\d+/?$"),
    ("forum", "title", r"^(?:ask|tell) hn\b|^poll:"),
    (
        "forum",
        "address",
        r"reddit\.com/r/|v2ex\.com/t/|stackoverflow\.com/|quora\.com/|/forums?/|news\.ycombinator\.com/ask",
    ),
    (
        "release",
        "address",
        r"^https?://(?:www\.)?github\.com/[^/]+/[^/]+/?$|/releases?/tag/|/changelog(?:/|#|$)|producthunt\.com/|pypi\.org/project"
        r"|npmjs\.com/package|crates\.io/crates",
    ),
    (
        "release",
        "title",
        r"^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+(?:\s*[:：–-]|$)|^show hn\b|^[\w.-]+ v?\d+\.\d+(?:\.\d+)+(?:$| [:–-])",
    ),
    (
        "quiz",
        "title",
        r"\bquiz\b(?! show)|\b(?:daily|mini|today.?s) (?:crossword|wordle|sudoku)\b"
        r"|^(?:crossword|wordle|sudoku)\b(?! to\b)"
        r"|\b(?:wordle|connections|crossword) (?:hints?|answers?|clues)\b|クイズ|퀴즈",
    ),
    ("quiz", "address", r"/(?:quiz|quizzes|crosswords?|puzzles?)/"),
    ("job", "address", r"/(?:jobs|careers|stellenangebote)/\d"),
    ("job", "title", r"\b(?:is|we.?re) hiring\b|stellenangebot|招聘信息|诚聘|求人情報"),
    (
        "sport",
        "address",
        r"/(?:sports?|football|soccer|basketball|formel-?1|formula-?1|fussball|baseball|cricket|tennis)/",
    ),
    (
        "promo",
        "address",
        r"/(?:sponsored|advertorial|brandvoice|partner-?content|press-?releases?|brand-?content|anzeige)/|prnewswire\."
        r"|businesswire\.|globenewswire\.|prtimes",
    ),
    (
        "promo",
        "title",
        r"^\[?(?:sponsored|anzeige|advertorial)\]?\s*[:：|]|\[(?:sponsored|anzeige|ad|pr)\]|【(?:PR|広告|推广|廣編|廣告)】"
        r"|\bwebinar\b|セミナー|ウェビナー|웨비나|[0-9]檔[^，。]{0,6}股"
        # Invitations to a conference or fair.
        r"|\b(?:conference|summit|expo|symposium)\b[^.?!:]{0,20}\b(?:comes|returns|heads) to\b"
        r"|\bregister (?:now|today)\b|\bcall for (?:papers|speakers)\b|\bearly[- ]bird\b|jetzt anmelden"
        r"|报名(?:开启|通道|启动|进行中)|早鸟票|開放報名|参加(?:者|登録)受付中|참가 ?신청",
    ),
    ("lifestyle", "address", r"/(?:recipes?|rezepte|recettes|horoscopes?|horoskop)/|/lifestyle/[^/]*/?$"),
    ("opinion", "address", r"/(?:opinions?|commentary|comment|kommentar|editorials?|kolumnen?)/"),
    (
        "opinion",
        "title",
        r"^(?:opinion|commentary|kommentar|column|editorial|meinung)\s*[:：|]|【社説】|\[사설\]|\[칼럼\]|【コラム】",
    ),
    ("analysis", "address", r"/(?:analysis|analyse|analyses)/"),
    ("analysis", "title", r"^(?:analysis|analyse|análisis)\s*[:：|]|\[분석\]|【分析】"),
)
_COMPILED = tuple((kind, part, re.compile(pattern, re.IGNORECASE)) for kind, part, pattern in _RULES)


def kind_of(title: str, url: str | None, headline_rule: str = "") -> StoryKind:
    """Return the kind of a story. `headline_rule` is why its headline carries no event: digest, listing, repository."""
    for kind, part, pattern in _COMPILED:
        match = pattern.search((url or "") if part == "address" else title)
        if match:
            return StoryKind(kind, f"“{match[0].strip()}” in its {part}")
    if headline_rule:
        return StoryKind("release" if headline_rule == "repository" else "listing", f"the title of a {headline_rule}")
    return _PLAIN
