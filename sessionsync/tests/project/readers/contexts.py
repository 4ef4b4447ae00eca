from readers.models import Reader


def build_context(user_id, stored):
    reader = Reader.objects.filter(pk=user_id, is_active=True).select_related("branch").first()
    if reader is None:
        return None
    return {"id": str(reader.pk), "card": reader.card, "branch": reader.branch.name if reader.branch else ""}
