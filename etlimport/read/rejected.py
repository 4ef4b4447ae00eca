class Rejected(Exception):
    """A row that cannot be imported, in words; `code` is that of its league where it could be told.

    `content` is what it held, as JSON, where that is not the whole element.
    """

    def __init__(self, reason: str, code: str = "", content: bytes = b""):
        super().__init__(reason)
        self.code, self.content = code, content

    def __getattr__(self, name: str):
        """Raised where a field of the row is asked for, so that a rejected row can stand among the others."""
        if name.startswith("_"):
            raise AttributeError(name)
        raise self
