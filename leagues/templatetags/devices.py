from django import template

register = template.Library()

# The order matters, because most also name others that come later: Edge names Chrome and Safari, Android Linux.
BROWSERS = {"Edg": "Edge", "OPR/": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS": "Mac",
    "Linux": "Linux",
}


@register.filter
def device(user_agent: str) -> str:
    """A name for the device such as `Chrome on Windows`; the text the browser sent if it is not a known one."""
    browser, system = first_named(BROWSERS, user_agent), first_named(SYSTEMS, user_agent)
    if browser and system:
        return f"{browser} on {system}"
    return user_agent[:60] or "Unknown device"


def first_named(names: dict[str, str], user_agent: str) -> str | None:
    return next((name for mark, name in names.items() if mark in user_agent), None)
