from leagues.models import User
from sessionsync.requests import CheckedRequest


class Request(CheckedRequest):
    """The request of a view for people who are logged in. For type hints."""

    user: User
