# syntax=docker/dockerfile:1
# Three images: `build` compiles nothing but installs every package by its hash, `lantai` is Airflow with Lantai in it,
# `gateway` is the SFTP server of the departments.

FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /src
COPY requirements.lock .
RUN pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md ./
COPY include include
COPY sql sql
# The build backend is among the locked packages, so nothing is fetched here.
RUN pip install --no-deps --no-build-isolation --no-index .

FROM python:3.11-slim-bookworm AS lantai
# ssh-keygen checks the signatures under a list; tini reaps what a killed task leaves.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends openssh-client tini \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 50000 --user-group --home-dir /opt/airflow --shell /usr/sbin/nologin lantai \
    && mkdir -p /opt/airflow/logs /var/lib/lantai /var/lib/lantai-copy \
    && chown -R lantai:lantai /opt/airflow /var/lib/lantai /var/lib/lantai-copy
COPY --from=build /opt/venv /opt/venv
COPY dags /opt/lantai/dags
COPY plugins /opt/lantai/plugins
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    AIRFLOW_HOME=/opt/airflow \
    LANTAI_HOME=/var/lib/lantai
WORKDIR /opt/airflow
USER 50000:50000
ENTRYPOINT ["tini", "--"]
CMD ["lantai", "--help"]

FROM debian:bookworm-slim AS gateway
RUN apt-get update \
    && apt-get install --yes --no-install-recommends openssh-server tini \
    && rm -rf /var/lib/apt/lists/* /etc/ssh/ssh_host_* \
    && groupadd departments
COPY <<'CONFIG' /etc/ssh/sshd_config
Port 2222
HostKey /etc/gateway/host/ssh_host_ed25519_key
AllowGroups departments
PermitRootLogin no
PasswordAuthentication no
KbdInteractiveAuthentication no
AuthorizedKeysFile /etc/gateway/keys/%u.pub
StrictModes no
AllowTcpForwarding no
AllowAgentForwarding no
X11Forwarding no
PermitTunnel no
Subsystem sftp internal-sftp
ChrootDirectory /srv/filings/%u
ForceCommand internal-sftp
PidFile none
CONFIG
# One account per file in /etc/gateway/keys: <unit code>.pub holds the unit's key and the centre's, one per line.
COPY <<'START' /usr/local/bin/gateway
#!/bin/sh
set -eu
[ -f /etc/gateway/host/ssh_host_ed25519_key ] || ssh-keygen -q -t ed25519 -N '' -f /etc/gateway/host/ssh_host_ed25519_key
mkdir -p /run/sshd
for key in /etc/gateway/keys/*.pub; do
    [ -f "$key" ] || continue
    unit=$(basename "$key" .pub)
    id -u "$unit" >/dev/null 2>&1 || useradd --badname --no-create-home --home-dir / --gid departments --shell /usr/sbin/nologin "$unit"
    # The folder that an account is locked into belongs to root; what it may write lies below.
    mkdir -p "/srv/filings/$unit/outbox" "/srv/filings/$unit/inbox"
    chown root:root "/srv/filings/$unit"
    chown "$unit:departments" "/srv/filings/$unit/outbox" "/srv/filings/$unit/inbox"
    chmod 0755 "/srv/filings/$unit"
    chmod 0700 "/srv/filings/$unit/outbox" "/srv/filings/$unit/inbox"
done
exec /usr/sbin/sshd -D -e
START
RUN chmod 0755 /usr/local/bin/gateway
EXPOSE 2222
ENTRYPOINT ["tini", "--", "gateway"]
