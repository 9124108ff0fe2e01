# syntax=docker/dockerfile:1
# Three images: `build` compiles nothing but installs every package by its hash, `lantai` is Airflow with Lantai in it,
# `gateway` is the SFTP server of the departments. Shell longer than a line lies in compose/.
# Base images are named by the digest of their index for all platforms, so that what was tested is what is built.

FROM python:3.11-slim-bookworm@sha256:0bee7276f83efd4a1ee05bbbf4281d95ed28e079220a9457f25a93e3f1e3c31b AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /src
COPY requirements.lock .
RUN pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY include include
COPY sql sql
# The build backend is among the locked packages, so nothing is fetched here.
RUN pip install --no-deps --no-build-isolation --no-index .

FROM python:3.11-slim-bookworm@sha256:0bee7276f83efd4a1ee05bbbf4281d95ed28e079220a9457f25a93e3f1e3c31b AS lantai
# ssh-keygen checks the signatures under a list.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends openssh-client \
    && rm -rf /var/lib/apt/lists/*
# What is mounted over these folders takes their owner.
RUN useradd --uid 50000 --user-group --home-dir /opt/airflow --shell /usr/sbin/nologin lantai \
    && mkdir -p /opt/airflow/logs /var/lib/lantai /var/lib/lantai-vault /var/lib/lantai-copy /var/lib/lantai-bell /desk \
    && chown -R lantai:lantai /opt/airflow /var/lib/lantai /var/lib/lantai-vault /var/lib/lantai-copy /var/lib/lantai-bell /desk
COPY --from=build /opt/venv /opt/venv
COPY dags /opt/lantai/dags
COPY plugins /opt/lantai/plugins
COPY compose/airflow /opt/lantai/compose
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    AIRFLOW_HOME=/opt/airflow \
    LANTAI_HOME=/var/lib/lantai
WORKDIR /opt/airflow
USER 50000:50000
CMD ["lantai", "--help"]

FROM debian:bookworm-slim@sha256:abd67ffcfa541b485a3dff59865ab629aa048a6c613e639d36e7456b0b229241 AS gateway
RUN apt-get update \
    && apt-get install --yes --no-install-recommends openssh-client openssh-server \
    && rm -rf /var/lib/apt/lists/* /etc/ssh/ssh_host_*
# Accounts come and go while the gateway runs, over a root that is read-only.
RUN groupadd --gid 20000 departments \
    && mkdir -p /var/lib/gateway /srv/filings /etc/gateway/keys \
    && mv /etc/passwd /etc/passwd.image \
    && ln -s /run/gateway/passwd /etc/passwd
COPY compose/gateway/sshd_config /etc/ssh/sshd_config
COPY compose/gateway/start compose/gateway/accounts /opt/gateway/
EXPOSE 2222
CMD ["/opt/gateway/start"]
