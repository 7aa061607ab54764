"""How the letter looks: the values of the theme, and what is done with pictures."""

from pathlib import Path

from pydantic import Field

from pipeline.config.section import Section
from pipeline.config.values import Address, Colour, Fonts, PathThere, Whole


class Theme(Section):
    """The values that make a letter look like its newsroom's; what is left out is the template's own."""

    accent: Colour = Field(default=None, validate_default=False, description="the colour of kickers and buttons")
    paper: Colour = Field(default=None, validate_default=False, description="the colour around the letter")
    card: Colour = Field(default=None, validate_default=False, description="the colour behind the text")
    ink: Colour = Field(default=None, validate_default=False, description="the colour of the text")
    soft: Colour = Field(default=None, validate_default=False, description="the colour of credits and dates")
    line: Colour = Field(default=None, validate_default=False, description="the colour of rules between parts")
    band: Colour = Field(default=None, validate_default=False, description="the colour behind masthead and footer")
    link: Colour = Field(default=None, validate_default=False, description="the colour of links")
    dark_accent: Colour = Field(default=None, validate_default=False, description="accent in the dark")
    dark_paper: Colour = Field(default=None, validate_default=False, description="paper in the dark")
    dark_card: Colour = Field(default=None, validate_default=False, description="card in the dark")
    dark_ink: Colour = Field(default=None, validate_default=False, description="ink in the dark")
    dark_soft: Colour = Field(default=None, validate_default=False, description="soft in the dark")
    dark_line: Colour = Field(default=None, validate_default=False, description="line in the dark")
    dark_band: Colour = Field(default=None, validate_default=False, description="band in the dark")
    dark_link: Colour = Field(default=None, validate_default=False, description="link in the dark")
    font_serif: Fonts | None = Field(default=None, description="the fonts of headlines, best first")
    font_sans: Fonts | None = Field(default=None, description="the fonts of the text, best first")
    radius: Whole | None = Field(default=None, le=48, description="the rounding of corners, in pixels")
    logo: PathThere | None = Field(default=None, description="a picture that stands for the title in the masthead")

    def chosen(self) -> dict[str, str | int | Path]:
        """The values the config gives, by name."""
        return {name: value for name in type(self).model_fields if (value := getattr(self, name)) is not None}


class Pictures(Section):
    """What is done with pictures."""

    enabled: bool = Field(default=True, description="false makes a letter without pictures")
    base_url: Address | None = Field(
        default=None, description="where pictures/ is published; by default they travel inside the e-mail"
    )
