"""What a response says of its own charset; by itself, as workers ask it and load little else."""

from pipeline.records import Response


def declared_charset(response: Response) -> str | None:
    """The charset of the Content-Type header."""
    for parameter in (response.header("content-type") or "").split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip("\"'") or None
    return None
