from django.contrib.staticfiles.storage import StaticFilesStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class SiteStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Compressed files under hashed names once `collectstatic` has run; the plain names until then."""

    def url(self, name: str | None, force: bool = False) -> str:
        if name is None or not self.hashed_files:
            return StaticFilesStorage.url(self, name)
        return super().url(name, force)
