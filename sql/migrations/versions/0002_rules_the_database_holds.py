"""Rules that the database holds itself: state moves, what only grows, and lists that do not change under a signature."""

from alembic import op

revision = "0002"
down_revision = "0001"

ONLY_GROWS = ("event", "ledger_leaf", "checkpoint", "sign_off", "certificate", "tombstone")

MOVES = {
    ("carrier", "state"): (
        "seen>collected seen>held seen>returned seen>superseded seen>withdrawn "
        "collected>held collected>returned collected>sealed collected>accepted collected>superseded "
        "held>collected held>returned held>sealed held>superseded held>withdrawn "
        "returned>superseded returned>withdrawn sealed>accepted"
    ),
    ("disposal_list", "state"): (
        "draft>reviewed draft>withdrawn reviewed>draft reviewed>approved reviewed>withdrawn "
        "approved>awaiting_custodian approved>withdrawn awaiting_custodian>executing awaiting_custodian>withdrawn "
        "executing>done"
    ),
    ("record", "status"): (
        "kept>transferring transferring>kept transferring>transferred kept>destroying destroying>destroyed"
    ),
}

FIXED = {
    "disposal_list": ("kind", "unit_code", "due_on", "content_sha256", "drafted_by"),
    "list_row": ("list_id", "row_no", "record_id"),
    "list_duty": ("list_id", "person_id", "duty"),
    "carrier": ("carrier_id", "submission_id", "unit_code", "round_no", "fingerprint", "raw_name_hex", "is_stalled"),
    "record": ("record_id", "carrier_id", "unit_code"),
}

POSTGRES_IN_ITS_CARRIER = """
CREATE FUNCTION lantai_in_its_carrier() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT carrier_id, unit_code FROM added EXCEPT SELECT carrier_id, unit_code FROM carrier) THEN
        RAISE EXCEPTION 'fk_record__in_its_carrier'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'fk_record__in_its_carrier', TABLE = 'record';
    END IF;
    RETURN NULL;
END $$
"""

POSTGRES_REFUSE = """
CREATE FUNCTION lantai_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def upgrade() -> None:
    """Add the triggers, the same rules in the words of each database."""
    postgres = op.get_bind().dialect.name == "postgresql"
    if postgres:
        op.execute(POSTGRES_REFUSE)
    for table in ONLY_GROWS:
        for verb in ("UPDATE", "DELETE"):
            refuse(
                postgres,
                f"{table}_only_grows_{verb.lower()}",
                f"BEFORE {verb} ON {table}",
                "1 = 1",
                f"{table}_only_grows",
            )
        if postgres:
            op.execute(
                f"CREATE TRIGGER {table}_only_grows_truncate BEFORE TRUNCATE ON {table} "
                f"EXECUTE FUNCTION lantai_refuse('{table}_only_grows')"
            )
    for (table, column), moves in MOVES.items():
        allowed = ", ".join(f"'{move}'" for move in moves.split())
        changed = f"OLD.{column} <> NEW.{column} AND (OLD.{column} || '>' || NEW.{column}) NOT IN ({allowed})"
        refuse(postgres, f"{table}_moves", f"BEFORE UPDATE ON {table}", changed, f"{table}_{column}_moves")
    for table, columns in FIXED.items():
        changed = " OR ".join(f"OLD.{column} <> NEW.{column}" for column in columns)
        refuse(postgres, f"{table}_is_fixed", f"BEFORE UPDATE ON {table}", changed, f"{table}_is_fixed")
    refuse(postgres, "carrier_stays", "BEFORE DELETE ON carrier", "1 = 1", "carrier_stays")
    in_its_carrier(postgres)
    gapless(postgres)
    only_while(postgres, "list_row", ("INSERT",), ("draft",), "list_row_only_while_drafted")
    only_while(postgres, "row_decision", ("INSERT", "UPDATE"), ("draft", "reviewed"), "row_decision_only_while_open")
    refuse(postgres, "list_row_stays", "BEFORE DELETE ON list_row", "1 = 1", "list_row_stays")
    refuse(postgres, "row_decision_stays", "BEFORE DELETE ON row_decision", "1 = 1", "row_decision_stays")


def refuse(postgres: bool, name: str, when: str, condition: str, rule: str) -> None:
    """Add one row trigger that refuses with the name of its rule."""
    if postgres:
        op.execute(
            f"CREATE TRIGGER {name} {when} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION lantai_refuse('{rule}')"
        )
    else:
        op.execute(
            f"CREATE TRIGGER {name} {when} FOR EACH ROW WHEN {condition} BEGIN SELECT RAISE(ABORT, '{rule}'); END"
        )


def in_its_carrier(postgres: bool) -> None:
    """Records are in a carrier that is there, and of its unit: asked once for all rows of a load.

    SQLite has the foreign key for it. That of PostgreSQL asks for every row by itself, which is a third of the time of a load, and
    guards the other side too, where nothing moves: a carrier stays, and its id and unit are fixed.
    """
    if postgres:
        op.drop_constraint("fk_record__in_its_carrier", "record", type_="foreignkey")
        op.execute(POSTGRES_IN_ITS_CARRIER)
        op.execute(
            "CREATE TRIGGER record_in_its_carrier AFTER INSERT ON record REFERENCING NEW TABLE AS added "
            "FOR EACH STATEMENT EXECUTE FUNCTION lantai_in_its_carrier()"
        )
        op.execute(
            "CREATE TRIGGER carrier_stays_truncate BEFORE TRUNCATE ON carrier EXECUTE FUNCTION lantai_refuse('carrier_stays')"
        )


def gapless(postgres: bool) -> None:
    """The ledger's leaves count from zero without a gap."""
    expected = "(SELECT coalesce(max(leaf_index) + 1, 0) FROM ledger_leaf)"
    if postgres:
        op.execute(
            "CREATE FUNCTION lantai_gapless() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF NEW.leaf_index <> {expected} THEN RAISE EXCEPTION 'ledger_leaf_gapless' "
            "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$"
        )
        op.execute(
            "CREATE TRIGGER ledger_leaf_gapless BEFORE INSERT ON ledger_leaf FOR EACH ROW EXECUTE FUNCTION lantai_gapless()"
        )
    else:
        refuse(
            postgres,
            "ledger_leaf_gapless",
            "BEFORE INSERT ON ledger_leaf",
            f"NEW.leaf_index <> {expected}",
            "ledger_leaf_gapless",
        )


def only_while(postgres: bool, table: str, verbs: tuple[str, ...], states: tuple[str, ...], rule: str) -> None:
    """Rows of a list may be written only while the list is in one of these states."""
    words = ", ".join(f"'{state}'" for state in states)
    state = "(SELECT state FROM disposal_list WHERE list_id = NEW.list_id)"
    for verb in verbs:
        if postgres:
            function = f"lantai_{rule}_{verb.lower()}"
            op.execute(
                f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF {state} NOT IN ({words}) THEN RAISE EXCEPTION '{rule}' "
                "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$"
            )
            op.execute(
                f"CREATE TRIGGER {rule}_{verb.lower()} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()"
            )
        else:
            refuse(postgres, f"{rule}_{verb.lower()}", f"BEFORE {verb} ON {table}", f"{state} NOT IN ({words})", rule)
