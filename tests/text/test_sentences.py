"""Where sentences end, in each language of a letter. `|` stands between sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.sentences import split_sentences

MARKED = [
    ("en", "The U.S. office closed on Jan. 5. | Mr. Bell, of Harbour Inc., paid $3.5 million. | Why? | Nobody knows!"),
    ("en", "“We waited. Nobody came,” she said. | Then they left."),
    ("en", '"It is over. Go home," he said. | They went.'),
    ("en", "J. P. Lodestar founded it. | So did I. | We met at 5 p.m. in the yard."),
    ("en", "It sells e.g. screws, nuts vs. bolts, etc. at a profit."),
    ("de", "Am 3. Oktober kam Dr. Adler z. B. nach Bonn. | Die Nr. 5 blieb leer."),
    ("de", "Er sagte: „Das ist gut. Wir bleiben.“ | Danach ging er."),
    ("de", "Rund 3.000 Menschen, u. a. Kinder, kamen bis zum 31. Dezember. | Das sind ca. 40 Prozent."),
    ("de", "Das Haus wurde im 19. Jahrhundert gebaut. | Heute steht es leer."),
    ("de", "»Wir warten. Niemand kommt«, sagte sie. | Es war spät."),
    ("de", "Die Kosten betragen 2,5 Mio. Euro. | Die Stadt zahlt d.h. nichts."),
    ("nl", "Op 3 okt. kwam dhr. Jansen o.a. naar Den Haag. | Hij zei: ‘Goed zo.’ | Daarna niets meer."),
    ("nl", "Het kost ca. 3 mln. euro, d.w.z. te veel. | Wie betaalt dat?"),
    ("fr", "M. Dupont est venu. | « Bonjour. Ça va ? » dit-il. | Personne n'a répondu."),
    ("fr", "L'usine d'av. Foch a fermé en janv. dernier. | Pourquoi ?"),
    ("es", "El Sr. Ruiz llegó tarde. | ¿Por qué? | ¡Nadie lo sabe!"),
    ("it", "Il dott. Rossi è arrivato. | La sig.ra Bianchi non c'era. | Perché?"),
    ("pt", "O Sr. Silva chegou. | A Dra. Costa não veio. | Por quê?"),
    ("zh-Hant", "公司表示,正考慮分拆。 | 「這是一步。我們再看。」 | 今年收入達50億元! | 是嗎?"),
    ("zh-Hant", "「先等一等。」他說。 | 沒有人回答。"),
    ("zh-Hans", "公司表示，正在考虑。 | “这是一步。我们再看。” | 没有人回答。"),
    ("ja", "政府は発表した。 | 「これは大きい。次も見る。」と社長は述べた。 | 終わり。"),
    ("ja", "売上高は3.5億円だった。 | なぜか。"),
    ("ko", "회사는 밝혔다. | “기다렸다. 아무도 오지 않았다.”라고 말했다. | 끝났다."),
    ("vi", "Công ty đã thông báo. | Vì sao? | Không ai biết."),
    ("id", "PT. Laut Jaya menjual 3,5 juta unit. | Kenapa? | Tidak ada yang tahu."),
    ("ms", "Syarikat itu menjualnya. | Kenapa? | Tiada siapa tahu."),
    ("fil", "Ibinenta ito ni G. Cruz. | Bakit? | Walang nakakaalam."),
    ("hi", "यह पहला वाक्य है। | यह दूसरा है। | क्यों?"),
    ("ar", "هذه الجملة الأولى. | لماذا؟ | لا أحد يعرف."),
    ("ru", "Завод закрыли. | Почему? | Никто не знает."),
    ("my", "စက်ရုံ ပိတ်လိုက်ပြီ။ | ဘယ်သူမှ မသိဘူး။"),
    ("th", "ท่าเรือขายเครนทั้งหมดให้อู่ต่อเรือริมแม่น้ำแล้ว | อย่างไรก็ตาม ผู้ซื้อยังไม่ได้จ่ายเงินครบ"),
]


@pytest.mark.parametrize(("language", "marked"), MARKED)
def test_sentences_end_where_a_reader_of_the_language_ends_them(language: str, marked: str) -> None:
    """Abbreviations, ordinals, initials, figures and quotations are inside their sentence."""
    expected = marked.split(" | ")
    text = ("" if language in ("zh-Hant", "zh-Hans", "ja", "my") else " ").join(expected)
    assert split_sentences(text, language) == expected


def test_a_quotation_that_is_never_closed_does_not_swallow_the_rest() -> None:
    """A missing mark costs a few sentences, not the story."""
    text = "“We waited. " + "Nobody came to the yard that day. " * 60
    assert len(split_sentences(text, "en")) > 30


def test_line_breaks_end_sentences_and_spaces_are_single() -> None:
    """A heading without a full stop does not run into the next line."""
    assert split_sentences("Cranes  sold\n\nThey   left.", "en") == ["Cranes sold", "They left."]


@given(st.text(max_size=200), st.sampled_from(["en", "de", "zh-Hant", "ja", "th", "ar", "und", "nb", "xx"]))
def test_no_letter_is_lost_whatever_the_text_and_language(text: str, language: str) -> None:
    """Splitting only takes spaces away."""
    assert "".join("".join(split_sentences(text, language)).split()) == "".join(text.split())
