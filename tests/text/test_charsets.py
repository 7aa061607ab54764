"""Charset labels."""

import pytest

from pipeline.text.charsets import codec_of


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("UTF-8", "utf-8"),
        ("utf8mb4", "utf-8"),
        ("us-ascii", "cp1252"),
        ("Latin-1", "cp1252"),
        ("iso8859_1", "cp1252"),
        ("iso-8859-9", "cp1254"),
        ("windows-1251", "cp1251"),
        ("gb2312", "gb18030"),
        ("x-gbk", "gb18030"),
        ("big5", "big5hkscs"),
        ("x-x-big5", "big5hkscs"),
        ("Shift_JIS", "cp932"),
        ("x-sjis", "cp932"),
        ("windows-31j", "cp932"),
        ("euc_kr", "cp949"),
        ("ks_c_5601-1987", "cp949"),
        ("johab", "cp949"),
        ("tis-620", "cp874"),
        ("x-euc-jp", "euc_jp"),
        ("iso-2022-jp", "iso2022_jp"),
        ("cp037", "cp037"),
        ("utf-16le", "utf-16-le"),
        ("utf-16", None),
        ("utf-32", None),
        ("utf-7", None),
        ("unicode_escape", None),
        ("punycode", None),
        ("base64", None),
        ("x-user-defined", None),
        ("no-such-charset", None),
        ("", None),
        ("a\x00b", None),
    ],
)
def test_a_label_means_the_codec_that_browsers_use(label: str, codec: str | None) -> None:
    """Publishers name the smaller charset of a family and write the larger one; unsafe codecs are no charsets."""
    assert codec_of(label) == codec
