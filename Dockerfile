FROM python:3.13-slim

ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    LOCAL_DIR=/app/.local

WORKDIR /app
COPY requirements.lock .
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock

COPY . .

# Building needs no secret: these values are used for nothing else.
RUN export SECRET_KEY=building ALLOWED_HOSTS=building DATABASE_URL=postgres://building/building \
    && python manage.py compile_translations \
    && python manage.py collectstatic --no-input \
    && useradd --system --home-dir /app --shell /usr/sbin/nologin app \
    && mkdir -p /data/media \
    && chown -R app:app /app/.local /data/media

USER app
EXPOSE 8000
CMD ["gunicorn", "service_center.wsgi", "--bind=0.0.0.0:8000", "--workers=2", "--threads=4", "--no-control-socket"]
