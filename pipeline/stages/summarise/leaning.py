"""Whether a sentence can be read on its own, or leans on one that readers do not see."""

import re
from collections.abc import Collection

from pipeline.text.languages import primary_language

# Words at the beginning of a sentence that point back: pronouns, demonstratives, and what joins two sentences.
_POINTERS = {
    "en": "he she they it this that these those his her their its such both neither but however also meanwhile"
    " then still so yet instead therefore moreover nevertheless besides there",
    "de": "er sie es dies diese dieser dieses diesen diesem jene jener sein seine ihr ihre beide doch aber"
    " jedoch außerdem deshalb daher zudem dort dabei damit dazu darum dennoch trotzdem auch davon dafür"
    " dagegen",
    "fr": "il elle ils elles ce cet cette ces cela celui celle son sa ses leur leurs mais cependant aussi"
    " pourtant toutefois ainsi donc en y",
    "es": "él ella ellos ellas este esta esto estos estas ese esa eso su sus pero sin también además así"
    " entonces allí aquel",
    "it": "lui lei loro egli ella esso questo questa questi queste quello quella suo sua ma però anche inoltre"
    " così quindi lì",
    "pt": "ele ela eles elas este esta isto esse essa isso seu sua mas porém também além assim então ali aquele",
    "nl": "hij zij ze het dit dat deze die zijn haar hun maar echter ook bovendien daarom toch zo daar daarmee",
    "sv": "han hon de det den detta denna dessa hans hennes deras men dock också därför dessutom där så",
    "nb": "han hun de det den dette denne disse hans hennes deres men også derfor dessuten der så",
    "da": "han hun de det den dette denne disse hans hendes deres men også derfor desuden der så",
    "pl": "on ona oni one to ten ta te jego jej ich ale jednak także również dlatego ponadto tam",
    "ru": "он она они оно это этот эта эти его её их но однако также поэтому кроме там",
    "tr": "o bu şu bunlar onlar onun ancak ama fakat ayrıca böylece orada",
    "id": "ia dia mereka ini itu tersebut namun tetapi tapi selain juga karena demikian",
    "ms": "ia dia mereka ini itu tersebut namun tetapi tapi selain juga",
    "vi": "ông bà anh họ này đó điều nhưng tuy ngoài cũng",
    "ko": "그 그는 그녀 그녀는 그들은 이 이는 이에 이를 이번 그러나 하지만 또 또한 그리고 따라서",
}
_EAST_ASIAN = re.compile(
    r"(?:他们?|她们?|它们?|他們|她們|它們|这|這|该|該|此|对此|對此|但|然而|不过|不過|因此|其中|其他|同时|同時|另外|而且|而"
    r"|彼|彼女|これ|それ|この|その|しかし|だが|また|さらに|一方|同氏|同社|同紙|同日|そこで)"
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_NAME = re.compile(
    r"\b([A-ZÀ-ÖØ-ÞА-Я][\w'’-]+)((?:\s(?:van|von|de|der|den|da|di|bin|al|el|la)){0,2}(?:\s[A-ZÀ-ÖØ-ÞА-Я][\w'’-]+)+)"
)
_CAPITALISED = re.compile(r"\b[A-ZÀ-ÖØ-ÞА-Я][\w'’-]+")


def points_back(sentence: str, language: str) -> bool:
    """Whether the sentence begins with a word that points to the sentence before it."""
    if _EAST_ASIAN.match(sentence.lstrip('“”"「『')):
        return True
    first = _WORD.search(sentence)
    if first is None:
        return False
    words = _POINTERS.get(primary_language(language), "").split()
    return first.group().casefold() in words


def names_unseen(sentence: str, unseen: Collection[str], seen: str) -> bool:
    """Whether the sentence names somebody by one name whose whole name stands only in sentences that are left out."""
    alone = set(_CAPITALISED.findall(sentence))
    for whole in _NAME.finditer(sentence):
        alone -= set(_CAPITALISED.findall(whole.group()))
    alone = {name.removesuffix("'s").removesuffix("’s") for name in alone}
    known = {part for text in unseen for name in _NAME.finditer(text) for part in _CAPITALISED.findall(name.group())}
    return any(name in known and name not in seen for name in alone)
