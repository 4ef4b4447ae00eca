from django import template

register = template.Library()

# In this order, as most name those after them too: Edge says it is Chrome and Safari, Android that it is Linux.
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
    """What a person calls the device: `Chrome on Windows`; what cannot be told stays as it names itself."""
    known = [first_named(names, user_agent) for names in (BROWSERS, SYSTEMS)]
    if all(known):
        return " on ".join(known)
    return user_agent[:60] or "Unknown device"


def first_named(names: dict[str, str], user_agent: str) -> str | None:
    return next((name for mark, name in names.items() if mark in user_agent), None)
