# One image for web, worker and beat; compose.yaml gives each its command.
FROM python:3.12-slim

ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1

RUN useradd --create-home --uid 10001 rally
WORKDIR /app

COPY requirements.lock .
RUN pip install --require-hashes -r requirements.lock

COPY . .
# Static files need no secret; the real key comes with the environment.
RUN SECRET_KEY=unused-while-building python manage.py collectstatic --noinput \
    && mkdir -p /app/var \
    && chown rally: /app/var

# By number, so that a host can tell that it is not root.
USER 10001
# Who may reach the container is for its host to say.
ENV BIND_ADDRESS=0.0.0.0
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ.get(\"PORT\", 8000)}/healthz', timeout=4)"]

CMD ["sh", "-c", "python manage.py migrate_locked && exec gunicorn rally.wsgi"]
