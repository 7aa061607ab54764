"""Issues in one script each, with the characters that programs get wrong: marks, joiners, long words, emoji."""

import dataclasses
from dataclasses import dataclass

from pipeline.records import Issue, OwnSection, Read
from tests.issues import FEATURES, ISSUE


@dataclass(frozen=True, slots=True)
class Script:
    """The texts of an issue; `edition` is the language of its own phrases, `language` that of its stories."""

    edition: str
    language: str
    headlines: tuple[str, str]
    paragraph: str
    kicker: str
    outlet: str
    author: str
    alt: str


SCRIPTS = {
    "Arabic": Script(
        "ar",
        "ar",
        ("ميناءٌ يُبدِّلُ البطّاريّاتِ ليلًا", "مَن يملك «الشّاحن» في سوق الجزيرة؟"),
        "افتُتح الرصيف السابع يوم الثلاثاء، وتدخله كلّ ليلة ١٢ سفينة كهربائيّة. يقول المشغّل إنّ التبديل يستغرق 9 دقائق، "
        "وإنّ الشركة Harbour Cell Ltd. وعدت بسعر أقلّ (قبل العيد).",
        "موانئ",
        "جريدة المرفأ",
        "ليلى الحدّاد",
        "سفينةٌ عند الغروب، و«رافعة» صفراء",
    ),
    "Hebrew": Script(
        "he",
        "he",
        ("נָמֵל שמחליף סוללות בַּלַּיְלָה", "מי מחזיק ב־״מטען״ של האי?"),
        "הרציף השביעי נפתח ביום שלישי, ובכל לילה נכנסות אליו 12 אוניות חשמליות. לדברי המפעיל ההחלפה נמשכת 9 דקות, "
        "וחברת Harbour Cell Ltd. הבטיחה מחיר נמוך יותר (לפני החג).",
        "נמלים",
        "עיתון המזח",
        "נועה ברק",
        "אונייה בשקיעה, ועגורן ״צהוב״",
    ),
    "Thai": Script(
        "th",
        "th",
        ("ท่าเรือที่เปลี่ยนแบตเตอรี่ตอนกลางคืน", "ใครเป็นเจ้าของตู้ชาร์จบนเกาะนี้"),
        "ท่าที่เจ็ดเปิดเมื่อวันอังคาร มีเรือไฟฟ้าเข้ามาคืนละสิบสองลำ ผู้ให้บริการบอกว่าการเปลี่ยนแต่ละครั้งใช้เวลาเก้านาที "
        "และบริษัทสัญญาว่าราคาจะถูกลงก่อนถึงช่วงเทศกาลสงกรานต์ซึ่งมีผู้โดยสารมากที่สุดของปี",
        "ท่าเรือ",
        "หนังสือพิมพ์ท่าน้ำ",
        "ณัฐวุฒิ ศรีสุข",
        "เรือยามเย็นกับปั้นจั่นสีเหลือง ประตูท่าเปิดอยู่",
    ),
    "Hindi": Script(
        "hi",
        "hi",
        ("रात में बैटरी बदलने वाला बंदरगाह", "द्वीप के चार्जर का मालिक कौन? ‘क्\u200dष’ और श्री\u200cमान का प्रश्न"),
        "सातवाँ घाट मंगलवार को खुला और हर रात बारह बिजली-चालित जहाज़ यहाँ आते हैं। संचालक कहता है कि बदलने में नौ मिनट "
        "लगते हैं, और कंपनी ने त्योहार से पहले दाम घटाने का वादा किया है।",
        "बंदरगाह",
        "घाट समाचार",
        "मीरा जोशी",
        "शाम के समय जहाज़, और पीली क्रेन",
    ),
    "Khmer": Script(
        "en",
        "km",
        (
            "កំពង់ផែ\u200bដែល\u200bប្តូរ\u200bថ្ម\u200bនៅ\u200bពេល\u200bយប់",
            "តើ\u200bនរណា\u200bជា\u200bម្ចាស់\u200bឧបករណ៍\u200bសាក\u200bថ្ម?",
        ),
        "ផែ\u200bទី\u200bប្រាំពីរ\u200bបាន\u200bបើក\u200bនៅ\u200bថ្ងៃ\u200bអង្គារ "
        "ហើយ\u200bរាល់\u200bយប់\u200bមាន\u200bនាវា\u200bអគ្គិសនី\u200bដប់ពីរ\u200bគ្រឿង\u200bចូល\u200bមក។ "
        "ប្រតិបត្តិករ\u200bនិយាយ\u200bថា\u200bការ\u200bប្តូរ\u200bត្រូវការ\u200bពេល\u200bប្រាំបួន\u200bនាទី។",
        "កំពង់ផែ",
        "កាសែត\u200bកំពង់\u200bផែ",
        "សុខា ចាន់",
        "នាវា\u200bនៅ\u200bពេល\u200bថ្ងៃ\u200bលិច",
    ),
    "Japanese": Script(
        "ja",
        "ja",
        ("夜のあいだに電池を取りかえる港", "島の充電器は「だれのもの」か\u3000――漁協の答え"),
        "第七岸壁は火曜日に開き、毎晩十二隻の電動船が入る。運営会社によれば、交換にかかる時間は九分。"
        "祭りの前には料金を下げると約束しており、漁協は「まず数字を見せてほしい」と話している。",
        "港湾",
        "岸壁新聞",
        "小林ゆう",
        "夕暮れの船と\u3000黄色いクレーン",
    ),
    "Korean": Script(
        "ko",
        "ko",
        ("밤사이 배터리를 바꾸는 항구", "섬의 충전기는 ‘누구의 것’인가"),
        "일곱 번째 부두가 화요일에 문을 열었고, 밤마다 전기선 열두 척이 들어온다. "
        "운영사는 교체에 9분이 걸린다고 말하며, 명절 전에 요금을 내리겠다고 약속했다.",
        "항만",
        "부두신문",
        "한서윤",
        "해 질 녘의 배와 노란 크레인",
    ),
    "German": Script(
        "de",
        "de",
        (
            "Hochseefrachtschiffbatteriewechselstationen öffnen nachts",
            "Donaudampfschifffahrts\u00adelektrizitäten\u00adhauptbetriebswerk\u00adbauunternehmung",
        ),
        "Die Hafenelektrizitätsversorgungsgesellschaftsverordnung gilt seit Dienstag. Die Binnenschifffahrtsbetreiber"
        "haftpflichtversicherungen rechnen mit 12 Schiffen je Nacht und 9\u00a0Minuten je Wechsel.",
        "Schiffsbatteriewechselstationsgenehmigung",
        "Kaiverwaltungsmitteilungsblattverlagsanstalt",
        "Friederike Schlagbaum-Oberhollabrunnerin",
        "Ein Frachter in der Dämmerung, dahinter ein „gelber“ Kran",
    ),
    "Emoji": Script(
        "en",
        "und",
        ("🚢🔋⚓️🌙", "👩🏽\u200d🚀🏳️\u200d🌈👨\u200d👩\u200d👧\u200d👦🇭🇰1️⃣❤️\u200d🔥"),
        "⚓️🌊🚢🚢🚢🔋🔋🔋🌙🌙🌙⏱️9️⃣ 👷🏿\u200d♀️👷🏻\u200d♂️💬💶⬇️🎉 🏴\u200d☠️🫱🏼\u200d🫲🏿🧑🏾\u200d🦽",
        "⚓️",
        "🗞️",
        "🦊",
        "🌇🚢🏗️🟡",
    ),
}


def issue_in(script: Script) -> Issue:
    """An issue whose stories, letter, subject and alternative texts are in a script."""
    features = tuple(
        dataclasses.replace(
            feature,
            kicker=script.kicker,
            headline=script.headlines[index % 2] + " ." * (index // 2),
            paragraphs=(f"{index + 1}. {script.paragraph}",),
            outlet=script.outlet,
            authors=(script.author,),
            language=script.language,
            kicker_language=script.language,
            picture=feature.picture and dataclasses.replace(feature.picture, alt=f"{script.alt} {index}"),
            also_in=(),
            follow_up=None,
        )
        for index, feature in enumerate(FEATURES)
    )
    letter = dataclasses.replace(
        ISSUE.letter, greeting=script.kicker, paragraphs=(script.paragraph,), language=script.language
    )
    reads = tuple(
        Read(f"r{index}", headline, script.outlet, f"https://reads.example/{index}", script.language)
        for index, headline in enumerate(script.headlines)
    )
    section = OwnSection(
        name="quote",
        kind="quote",
        after="features",
        title="",
        paragraphs=(script.headlines[1],),
        figure="",
        by=script.author,
        link="https://quotes.example/",
        events=(),
    )
    return dataclasses.replace(
        ISSUE,
        sections=(section,),
        language=script.edition,
        edition=script.edition,
        subject=script.headlines[0],
        preheader=script.headlines[1],
        letter=letter,
        features=features,
        reads=reads,
    )
