"""The bell: tells Airflow that a list has been approved, so that the DAGs that wait for one start at once.

It wakes and permits nothing: the DAG looks the rows up again. Rung twice it
wakes twice, which changes nothing; not rung, the next working-day run does the
same work. Which list is in the event for people to read.

Source: airflow.md, "Approvals"; interfaces.md, "DAGs".
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from lantai.edges.airflow.client import AirflowClient, read_login
from lantai.errors import OrchestratorError, SettingsError
from lantai.settings import Settings

APPROVED_LISTS = "lantai://lists/approved"
"""The asset that transfer_records and destroy_records wait for; the same word stands in dags/_shape.py."""

DAG_TAG = "lantai"
"""The tag that all our DAGs have; the same word stands in dags/_shape.py."""

MOST_DAGS = 100
"""More than we have DAGs."""

RING_SECONDS = 15
"""So long a signer may wait for each of three answers."""


class AirflowBell:
    """What announces approved lists.

    Args:
        client: A client of the Airflow that has the DAGs.
    """

    def __init__(self, client: AirflowClient) -> None:
        self._client = client

    def ring(self, list_id: str) -> None:
        """Say that a list has been approved.

        Raises:
            OrchestratorError: Airflow did not answer, refused, or has no DAG that waits for approved lists.
        """
        event = {"asset_id": self.asset_id(), "extra": {"list_id": list_id}}
        self._client.ask("POST", "/api/v2/assets/events", event)

    def asset_id(self) -> int:
        """Return Airflow's number of the asset; that it answers says that the login is good and the DAGs are known.

        Raises:
            OrchestratorError: As for `ring`.
        """
        answer = self._client.ask("GET", "/api/v2/assets?" + urlencode({"uri_pattern": APPROVED_LISTS}))
        assets: Any = answer.get("assets") if isinstance(answer, dict) else None
        for asset in assets if isinstance(assets, list) else ():
            if isinstance(asset, dict) and asset.get("uri") == APPROVED_LISTS and isinstance(asset.get("id"), int):
                return int(asset["id"])
        raise OrchestratorError(f"asset {APPROVED_LISTS}: no DAG of this Airflow waits for it")

    def paused_dags(self) -> list[str]:
        """Return the ids of our DAGs that are switched off: nothing that they do happens, bell or not.

        Raises:
            OrchestratorError: Airflow did not answer, or refused.
        """
        words = {"tags": DAG_TAG, "paused": "true", "limit": MOST_DAGS, "order_by": "dag_id"}
        answer = self._client.ask("GET", "/api/v2/dags?" + urlencode(words))
        found: Any = answer.get("dags") if isinstance(answer, dict) else None
        if not isinstance(found, list):
            raise OrchestratorError("GET /api/v2/dags: found an answer without a list of DAGs, expected Airflow's")
        return [str(dag.get("dag_id")) for dag in found if isinstance(dag, dict)]


def bell_of(settings: Settings) -> AirflowBell | None:
    """Return the bell that the settings name, None when they name none.

    Raises:
        SettingsError: An address without a login, a login without an address, or a file that holds no login.
    """
    login = read_login(settings.airflow_login_file)
    if login is None:
        if settings.airflow_url is None:
            return None
        raise SettingsError(
            f"LANTAI_AIRFLOW_URL is set, {settings.airflow_login_file} (LANTAI_AIRFLOW_LOGIN_FILE) is not there"
        )
    address = settings.airflow_url or login.address
    if not address:
        raise SettingsError(f"{settings.airflow_login_file} is there, LANTAI_AIRFLOW_URL is not set")
    return AirflowBell(AirflowClient(replace(login, address=address), RING_SECONDS))
