"""The keys under which this app keeps its own entries in a session, beside those of Django and the site."""

CONTEXT_KEY = "context"
"""What the session knows of its user: the context builder's dict, and the session `version` it was built at."""
CLIENT_KEY = "client"
"""Where the session is used from: IP address (`ip`), browser (`agent`), last seen (`seen`, in Unix seconds)."""
NOTICE_KEY = "refresh_notice"
"""The reason of a refresh that no page has shown the user yet."""
