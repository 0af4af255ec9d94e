# Dingze in one image: web and workers are the same image with another command.
# It runs as an unprivileged user on a read-only root; what changes lies in the volume /var/lib/dingze and in /tmp.
FROM node:22-bookworm-slim AS assets
WORKDIR /build/console
COPY console/package.json console/package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund

FROM python:3.12-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
RUN python -m venv /opt/dingze
COPY requirements-run.lock ./
RUN /opt/dingze/bin/pip install --quiet --require-hashes -r requirements-run.lock
COPY . .
COPY --from=assets /build/console/node_modules console/node_modules
RUN /opt/dingze/bin/python -m console.assets \
 && /opt/dingze/bin/pip install --quiet --no-deps --no-build-isolation .

FROM python:3.12-slim-bookworm
RUN groupadd --system --gid 10001 dingze \
 && useradd --system --uid 10001 --gid 10001 --home-dir /var/lib/dingze --shell /usr/sbin/nologin dingze \
 && install -d -o dingze -g dingze -m 0750 /var/lib/dingze
COPY --from=build /opt/dingze /opt/dingze
ENV PATH=/opt/dingze/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DINGZE_CACHE=/var/lib/dingze/cache \
    DINGZE_HOST=0.0.0.0 \
    DINGZE_SAMPLE_SIGN_IN=false
USER 10001:10001
WORKDIR /var/lib/dingze
VOLUME /var/lib/dingze
EXPOSE 8000
STOPSIGNAL SIGTERM
ENTRYPOINT ["dingze"]
CMD ["serve"]
