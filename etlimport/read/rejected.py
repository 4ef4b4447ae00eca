from typing import NoReturn


class Rejected(Exception):
    """Why a row cannot be imported.

    `code`: the code of the row's league, if it could be read. `content`: the row as JSON, if it is only a part of an
    element of the file.

    A rejected row also stands in for its row object: asking it for a field raises it.
    """

    def __init__(self, reason: str, code: str = "", content: bytes = b"") -> None:
        super().__init__(reason)
        self.code, self.content = code, content

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("_"):
            raise AttributeError(name)
        raise self
