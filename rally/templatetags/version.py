from django import template

from rally import __version__

register = template.Library()


@register.simple_tag
def rally_version() -> str:
    return __version__
