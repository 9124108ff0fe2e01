"""Airflow's two accounts of ours, as .env says them today: the administrator, and `bell`, which wakes DAGs.

Run by `airflow-init` at every start. A password that was changed in .env, or in the web pages, is the one of .env
afterwards. `bell` may see assets and raise their events, and see which DAGs are paused; nothing else.

One process and not Airflow's commands: each of those takes six seconds, and shows the password to whoever lists processes.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder
from airflow.utils.providers_configuration_loader import providers_configuration_loaded

if TYPE_CHECKING:
    from collections.abc import Sequence

BELL_MAY = (
    ("can_read", "Assets"),
    ("can_create", "Assets"),
    ("can_read", "Asset Aliases"),
    ("can_read", "DAGs"),
)
"""Actions and resources of Airflow, as its own roles name them."""


@providers_configuration_loaded
def set_up() -> None:
    """Make the accounts that are missing, and give both their passwords of today."""
    with get_application_builder() as builder:
        manager = builder.sm
        bell = manager.find_role("Bell") or manager.add_role("Bell")
        _allow(manager, bell, BELL_MAY)
        _account(manager, "admin", manager.find_role("Admin"), os.environ["LANTAI_ADMIN_PASSWORD"])
        _account(manager, "bell", bell, os.environ["LANTAI_BELL_PASSWORD"])


def _allow(manager: Any, role: Any, wanted: Sequence[tuple[str, str]]) -> None:  # noqa: ANN401 - FAB's own classes
    """Give a role exactly these permissions: what an earlier version gave and this one does not is taken away."""
    for permission in list(role.permissions):
        if (permission.action.name, permission.resource.name) not in wanted:
            manager.remove_permission_from_role(role, permission)
    for action, resource in wanted:
        manager.add_permission_to_role(role, manager.create_permission(action, resource))


def _account(manager: Any, name: str, role: Any, password: str) -> None:  # noqa: ANN401 - FAB's own classes
    user = manager.find_user(name)
    if user is None:
        made = manager.add_user(name, "Lantai", name.title(), f"{name}@localhost.localdomain", role, password)
        if not made:
            raise SystemExit(f"account {name}: Airflow did not make it; its reason stands above")
        return
    if not manager.reset_password(user.id, password):
        raise SystemExit(f"account {name}: Airflow did not take the password of .env")


if __name__ == "__main__":
    set_up()
