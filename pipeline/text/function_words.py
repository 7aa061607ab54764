"""Function words by language: the words of grammar and of reporting, which say nothing about a story's subject.

A word counts only in its own language: English `die` and `war` are not the German article and verb.
"""

from functools import cache
from itertools import chain

_ENGLISH = """
a an the and or but nor if then than that this these those there here of in on at by for with from to into onto
over under after before about as is are was were be been being am do does did has have had having will would can
could may might must shall should not no yes it its he she they we you i his her their our your my him them us me who
whom whose which what when where why how all any some more most other such only own same so too very just up down
out off again s t d ll re ve m says say said tells told according amid during while until since against between
through because also still yet upon via per each both many much another every cannot don doesn didn won isn aren
wasn weren hasn haven wouldn couldn shouldn let lets gets get got
"""

_GERMAN = """
der die das den dem des ein eine einen einem einer eines und oder aber auch nicht kein keine keinen keiner keinem ist
sind war waren wird werden wurde wurden worden hat haben hatte hatten habe sein seine seinen seiner seinem seines ihr
ihre ihren ihrer ihrem ihres sich auf aus bei beim bis durch für gegen im in ins am an ans als wie mit nach ohne seit
über um unter vom von vor wegen wenn weil dass daß zu zum zur zwischen während trotz ab es er sie wir ich du mich mir
uns euch ihn ihm ihnen man noch nur mehr so schon will wollen soll sollen sollte kann können könnte muss müssen darf
dürfen würde würden wäre mag was wer wo wann warum wieso welche welcher welches dieser diese dieses diesen diesem
jetzt nun doch da dort hier dann denn sowie damit dabei dazu davon darum darüber etwa sei seien hin her ja nein wohl
laut sagt sagte sagen erklärt
"""

_DUTCH = """
de het een en of maar ook niet geen is zijn was waren wordt worden werd werden heeft hebben had hadden hun haar hij
zij ze we wij ik je jij u op uit bij tot door voor tegen in aan als met na naar zonder sinds over om onder van vanaf
vanwege omdat dat die dit deze er nog meer al te ten ter wil willen kan kunnen kon gaat gaan zal zullen zou zouden moet
moeten mag mogen zich zijn ons onze jullie hen hem mij me mijn wat wie waar wanneer waarom hoe welke dan toch dus want
tijdens tussen volgens ondanks rond toen nu hier daar wel men mee af zo iets niets elk elke ieder iedere zegt zei
zeggen
"""

_FRENCH = """
le la les l un une des du de d à et ou mais aussi ne pas plus est sont était étaient été être sera seront serait ont a
avait avaient avoir aura auront ait au aux ce cet cette ces ceux celle celui celles son sa ses leur leurs notre nos
votre vos mon ma mes il elle ils elles on nous vous je tu me te se lui eux sur sous dans par pour avec sans chez entre
vers depuis pendant après avant dès selon contre malgré lors afin car donc ni si que qui quoi dont où quand comment
pourquoi quel quelle quels quelles comme y en c n s j m t qu jusqu lorsqu puis ici là très trop tout tous toute toutes
encore déjà fait faire peut peuvent doit doivent va vont dit
"""

_SPANISH = """
el la los las lo un una uno unos unas dos de del a al y e o u pero ni no sí si es son era eran fue fueron ser será serán
sería sea sean ha han había habían haber hay está están estaba estar su sus se me te nos le les mi mis tu tus nuestro
nuestra nuestros nuestras él ella ellos ellas yo usted ustedes en con sin por para entre hasta hacia desde sobre tras
durante mediante contra ante bajo según que qué quien quién quienes cual cuál cuáles cuando cuándo donde dónde como
cómo cuánto porque pues aunque mientras más menos muy ya aún también tampoco así este esta estos estas ese esa esos
esas esto eso aquel aquella otro otra otros otras cada todo toda todos todas tiene tienen puede pueden podría va van
dice dicen dijo aquí ahí allí
"""

_PORTUGUESE = """
o a os as um uma uns umas de do da dos das em no na nos nas num numa ao aos à às por pelo pela pelos pelas para pra
com sem sob sobre entre até desde após ante contra perante segundo durante e ou mas nem não sim se que quê quem qual
quais quando onde como porque pois porquê embora enquanto é são era eram foi foram ser será serão seria seja sejam
está estão estava estavam estar há tem têm tinha tinham ter terá teve haver houve seu sua seus suas meu minha meus
minhas nosso nossa nossos nossas ele ela eles elas eu nós você vocês lhe lhes me te este esta estes estas esse essa
esses essas isto isso aquele aquela aqueles aquelas outro outra outros outras cada todo toda todos todas mais menos
muito já ainda também só assim aqui ali lá pode podem deve devem vai vão diz dizem disse
"""

_ITALIAN = """
il lo la i gli le l un uno una di a da in con su per tra fra del dello della dei degli delle dell al allo alla ai agli
alle all dal dallo dalla dai dagli dalle dall nel nello nella nei negli nelle nell sul sullo sulla sui sugli sulle sull
col e ed o od ma né non sì se che chi cui quale quali quando dove come perché mentre è sono era erano fu essere sarà
saranno sarebbe sia siano ha hanno aveva avevano avere avrà ho stato stata stati state suo sua suoi sue mio mia loro
nostro nostra lui lei egli essi io noi voi mi ti si ci vi ne questo questa questi queste quello quella quelli quelle
altro altra altri altre ogni tutto tutta tutti tutte più meno molto già ancora anche solo così qui lì poi può possono
deve devono va dopo prima senza sotto sopra contro verso fino durante secondo dice ecco c
"""

_SWEDISH = """
och att det den de en ett i på av för med till från om som är var har hade inte men eller så vid kan ska skall kommer
blir blev under efter mot över mellan utan sin sitt sina han hon vi ni jag dem deras hans hennes man när där här vad
vem hur varför också mer än nu ut upp in ur hos sedan redan bara alla enligt får vill måste detta denna dessa säger
"""

_POLISH = """
i w we z ze na do od o u po za pod nad przed przez przy dla bez oraz a ale lub albo nie tak to ten ta te tego tej tych
tym jest są był była było byli będzie będą być się że czy jak kiedy gdzie kto co który która które których którzy jego
jej ich on ona ono oni my wy ja go mu już jeszcze też także tylko więc bo aby żeby gdy może mogą ma mają miał po około
podczas wobec według między niż mówi powiedział
"""

_TURKISH = """
ve ile bir bu şu o da de ki için gibi kadar daha en çok az ama fakat ancak veya ya ne mi mı mu mü değil var yok olan
olarak oldu olduğu olacak etti eden edildi göre sonra önce karşı üzerine dair ise her hem ben sen biz siz onlar onun
bunun kendi neden nasıl nerede kim hangi dedi diye
"""

_INDONESIAN = """
yang di ke dari dan atau tetapi tapi namun dengan untuk pada dalam oleh akan telah sudah belum tidak bukan ini itu ada
adalah juga lagi saja hanya bisa dapat harus karena sebab agar supaya jika bila kalau saat ketika sejak hingga sampai
sebagai seperti para sang si ia dia mereka kami kita saya anda nya bagi tentang terhadap antara setelah sebelum usai
kata ujar sebut
"""

_MALAY = """
yang di ke dari daripada dan atau tetapi tapi namun dengan untuk pada dalam oleh akan telah sudah belum tidak bukan
ini itu ada ialah adalah juga lagi sahaja hanya boleh dapat harus perlu kerana sebab agar supaya jika bila apabila
semasa ketika sejak hingga sehingga sebagai seperti para ia dia mereka kami kita saya anda bagi tentang terhadap
antara selepas sebelum kata mahu
"""

_FILIPINO = """
ang ng sa mga na at ay ni si kay sina nina para mula hanggang dahil kung kapag nang pero o hindi wala may mayroon
ito iyan iyon siya sila kami tayo ako ka ko mo niya nila namin natin rin din lang pa po ba daw raw
"""

_VIETNAMESE = """
và của là có cho các những một được trong với không này đó để từ ở đã đang sẽ bị do về ra vào lên khi như người tại
theo đến trên dưới sau trước vì nhưng hay hoặc thì mà nếu cũng còn chỉ rất nhiều vẫn hơn nên bởi qua nói
"""

_RUSSIAN = """
и в во на с со к ко о об от до из за по под при для без над между через после перед у а но или не ни да что как это этот
эта эти того этого тем чем кто где когда почему который которая которые которых был была было были будет будут быть
есть его её ее их он она оно они мы вы я ты себя свой своей своих уже ещё еще также только из-за бы же ли из может
могут стал стала сообщил заявил рассказал
"""

_HINDI = """
का के की को में से ने पर है हैं था थे थी और या तथा एवं यह वह ये वे इस उस इन उन कि जो तो भी ही नहीं न एक कर करने किया की कहा
गया गई गए हुआ हुई हुए होगा रहा रही रहे लिए साथ बाद तक अब जब कब क्या क्यों कैसे कौन द्वारा
"""

# Words that stand alone. Korean particles are part of their words.
_KOREAN = """
및 등 또 더 그 이 저 것 수 때 중 위해 대한 대해 통해 따라 따른 관련 의해 밝혔다 말했다 있다 없다 했다 한다 된다 됐다
또는 그리고 하지만
"""

_BLOCKS = {
    "en": _ENGLISH, "de": _GERMAN, "nl": _DUTCH, "fr": _FRENCH, "es": _SPANISH, "pt": _PORTUGUESE, "it": _ITALIAN,
    "sv": _SWEDISH, "pl": _POLISH, "tr": _TURKISH, "id": _INDONESIAN, "ms": _MALAY, "fil": _FILIPINO,
    "vi": _VIETNAMESE, "ru": _RUSSIAN, "hi": _HINDI, "ko": _KOREAN,
}  # fmt: skip
BY_LANGUAGE = {language: frozenset(block.casefold().split()) for language, block in _BLOCKS.items()}
FUNCTION_WORDS = frozenset(chain.from_iterable(BY_LANGUAGE.values()))


@cache
def function_words(language: str) -> frozenset[str]:
    """The function words of a primary language; those of all languages where it has no list of its own."""
    return BY_LANGUAGE.get(language, FUNCTION_WORDS)
