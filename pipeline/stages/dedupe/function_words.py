"""Words that say nothing of what a story is about, in the languages whose titles have many of them."""

_ENGLISH = """
a an the and or but nor if then than that this these those there here of in on at by for with from to into onto
over under after before about as is are was were be been being am do does did has have had will would can could
may might must shall should not no yes it its he she they we you i his her their our your my him them us me who
whom whose which what when where why how all any some more most other such only own same so too very just up down
out off again s t d ll re ve m says say said
"""

_GERMAN = """
der die das den dem des ein eine einen einem einer eines und oder aber auch nicht kein keine ist sind war waren
wird werden wurde wurden hat haben hatte sein seine seinen seiner ihr ihre ihren sich auf aus bei bis durch für
gegen im in am an als wie mit nach ohne seit über um unter vom von vor wegen wenn weil dass daß zu zum zur es er
sie wir ich man noch nur mehr so schon will soll kann
"""

_DUTCH = """
de het een en of maar ook niet geen is zijn was waren wordt worden werd werden heeft hebben had hun haar hij zij
ze we ik je op uit bij tot door voor tegen in aan als met na naar zonder sinds over om onder van vanaf omdat dat
die dit deze er nog meer al te ten ter wil kan gaat
"""

_FRENCH = """
le la les l un une des du de d et ou mais aussi ne pas est sont était ont a au aux ce cet cette ces son sa ses
leur leurs il elle ils elles on nous vous je se sur sous dans par pour avec sans chez entre vers depuis après
avant que qui quoi dont où plus comme y en c n s j qu
"""

_SPANISH_PORTUGUESE_ITALIAN = """
el los las lo una unos unas del al y e o u pero no es son fue ha han su sus se con sin por para entre hasta desde
sobre tras que quien como más muy ya le les este esta estos estas
os as um uma do da dos das no na nos nas ao à às pelo pela ou mas não é são foi tem têm seu sua seus suas com sem
até após mais já isso este esta
il lo gli i uno di del della dei delle nel nella al alla ed ma non è sono ha hanno suo sua con senza tra fra da
dal dalla su sul sulla per che chi come più anche
"""

_BLOCKS = {"en": _ENGLISH, "de": _GERMAN, "nl": _DUTCH, "fr": _FRENCH, "mixed": _SPANISH_PORTUGUESE_ITALIAN}
FUNCTION_WORDS = frozenset(" ".join(_BLOCKS.values()).split())

BY_LANGUAGE = {language: frozenset(block.split()) for language, block in _BLOCKS.items() if language != "mixed"}
