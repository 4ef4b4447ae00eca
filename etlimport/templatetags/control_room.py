from typing import Any

from django import template

from etlimport.admin.dashboard import dashboard

register = template.Library()


@register.inclusion_tag("admin/etlimport/dashboard.html", takes_context=True)
def control_room(context: dict[str, Any]) -> dict[str, Any]:
    """The state of imports, health, sessions and alerts, for users who may see it."""
    user = context["request"].user
    return dashboard(user) if user.has_perm("etlimport.view_importrun") else {}
