"""Every error of Lantai: what happened, what was found and expected, and what to do.

The class says what happened, the message what was found and expected, `hint`
what the operator does next (in Chinese in `locales/errors.zh.toml`), and `retryable` whether the same call may succeed
later without anybody doing anything. Foreign exceptions are translated into
these at the edges; docs/runbook.md is generated from this module, one row per
class.
"""

from __future__ import annotations

from typing import ClassVar


class LantaiError(Exception):
    """Something that Lantai names and can advise on."""

    hint: ClassVar[str] = "Read the message; if it does not help, run `lantai doctor`."
    retryable: ClassVar[bool] = False
    said: object = None
    """What `locales.message_of` puts into words, where somebody who decides has to read all of it; otherwise the message stands for both languages."""


class UnexpectedError(LantaiError):
    """A step failed in a way that Lantai has no name for: a fault of the program."""

    hint = "Send the message and the file or log that it names to whoever maintains Lantai; a rerun is safe."


# --- settings and set-up -----------------------------------------------------------------------------------------------------


class SettingsError(LantaiError):
    """A setting is missing or has a value that cannot be meant."""

    hint = "Correct the LANTAI_* variable that the message names; .env.example lists them all."


class SchemaOutdatedError(LantaiError):
    """The registry was made by another version of Lantai."""

    hint = "Back up the registry, then run `lantai init` to upgrade it."


class SchemaUnreleasedError(LantaiError):
    """The registry says it is current and lacks tables or columns: a version of Lantai before its release made it."""

    hint = (
        "No upgrade leads from there. Set LANTAI_HOME or LANTAI_REGISTRY_URL to a new place and run `lantai init`; keep the old "
        "registry and its vault, whose records open as before."
    )


class SchemaUnknownError(LantaiError):
    """The registry was upgraded by a newer Lantai than this one."""

    hint = "Install the version of Lantai that the registry was upgraded with; nothing was changed."


class RegistryMissingError(LantaiError):
    """There is no registry where the settings say."""

    hint = "Run `lantai init` to make one, or set LANTAI_HOME to the home of the centre."


class RegistryDamagedError(LantaiError):
    """The file of the registry is damaged, or is no database."""

    hint = "Do not write. Keep the file as it is, put the newest backup in its place, then run `lantai doctor`."


class RegistryUnavailableError(LantaiError):
    """The registry database did not answer."""

    hint = "See that the database runs and LANTAI_REGISTRY_URL is right; the work is retried."
    retryable = True


class RegistryBusyError(RegistryUnavailableError):
    """Somebody else kept the registry, or a part of it, too long; or two transactions crossed and this one was undone."""

    hint = (
        "Nothing to do: the work is retried. If it happens again, see who keeps a transaction open (pg_stat_activity)."
    )


class RegistryConflictError(LantaiError):
    """The registry refused a row that breaks one of its named rules."""

    hint = "The message names the rule; look at the row that is already there before trying again."


class NotFoundError(LantaiError):
    """Nothing in the registry has that name."""

    hint = (
        "Look it up: `lantai units list`, `people list`, `submissions`, `agreement list`, `hold list`, `list show`, "
        "`schedule show`."
    )


class LeaseLostError(LantaiError):
    """Another worker holds the lease for this work, or has taken it over."""

    hint = "Nothing to do: the other worker goes on. Rerun later if it died."
    retryable = True


class UsageError(LantaiError):
    """The request itself cannot be carried out as it was made."""

    hint = "Correct the command or form; `--help` shows what it takes."


class InputFileError(UsageError):
    """A file or folder that was named cannot be used."""

    hint = "See that the path is right, that it is what the message expects, and that you may read it."


class UnfitFileError(UsageError):
    """A file is there, and what it holds is not what it is meant to be."""

    hint = "Mend the file as the message says and run the command again; nothing was done."


class AmbiguousNameError(UsageError):
    """What was named fits several things."""

    hint = "Name one of those that are listed, by its number; nothing was done."


class AlreadyThereError(UsageError):
    """Something lies already where this would be written."""

    hint = "Move it away or name another place; nothing was overwritten."


class HomeInUseError(UsageError):
    """A demo or `lantai serve` already runs over this home."""

    hint = "Use the one that runs, end it with Ctrl-C where it was started, or name another folder with LANTAI_HOME."


# --- the department's server ---------------------------------------------------------------------------------------------------


class ConnectionConfigError(LantaiError):
    """The connection of a unit is missing, incomplete, or would switch off a safety."""

    hint = "Correct the entry `sftp_<unit_code>` in LANTAI_CONNECTIONS_FILE; `host_key` is required."


class ServerUnreachableError(LantaiError):
    """The SFTP server could not be reached or fell silent."""

    hint = "See the line and the server; every run looks again, and the unit's state is unknown until then."
    retryable = True


class HostKeyMismatchError(LantaiError):
    """The server showed another host key than the one pinned for this unit."""

    hint = (
        "Ask the unit's administrator by telephone for the fingerprint; change the pinned key only if it is confirmed."
    )


class LoginRefusedError(LantaiError):
    """The server did not accept our key or password."""

    hint = "See that the account exists and our public key is enrolled there."


class RemotePermissionError(LantaiError):
    """The server refused access to a file or folder."""

    hint = "Ask the unit's administrator to let the centre's account read outbox and write inbox."


class RemoteMissingError(LantaiError):
    """A file or folder is not there on the server."""

    hint = "Look at the unit's folder; a file removed while it was being read is asked for again in the next run."


class OutboxMissingError(RemoteMissingError):
    """There is no folder outbox where our account begins: nothing is known of what the unit has filed."""

    hint = (
        "Ask the unit's administrator to make the folders outbox and inbox where the centre's account begins, or to mount what is "
        "missing; or set `remote_root` in LANTAI_CONNECTIONS_FILE."
    )


class RemotePathError(LantaiError):
    """Where a folder or a file is expected on the server, a link or something else stands."""

    hint = "Ask the unit's administrator for a real folder in its place: links are not followed, nothing was taken or left there."


class RemoteProtocolError(LantaiError):
    """The server answered something that SFTP does not allow."""

    hint = "Report the message to the unit's administrator; nothing of this answer was taken over."


class ServerTooSlowError(LantaiError):
    """The server was so slow, or let us wait so long, that the others were served first."""

    hint = (
        "See the line and the server. What came is kept: the unit comes last in the same run, and the next run goes on where it "
        "stood; LANTAI_SLOWEST_KIB_PER_SECOND says how slow is too slow."
    )
    retryable = True


class UnitLimitError(LantaiError):
    """What one unit's server sends, or lays out to be fetched, is more than one unit may cost."""

    hint = (
        "Ask the unit's administrator what lies in the outbox. Where it is meant, raise the limit that the message names; "
        "no other unit is concerned."
    )


class LineInterruptedError(LantaiError):
    """The process that talks to a unit's server was ended by this machine, not by the server."""

    hint = "See the memory and the process limit of this machine; the unit is looked at again, and what came is kept."
    retryable = True


class RemoteChangedError(LantaiError):
    """A file changed, shrank or grew while it was being read."""

    hint = "Nothing to do: the package is looked at again when it has settled."
    retryable = True


# --- what a department sent -------------------------------------------------------------------------------------------------------


class PackageError(LantaiError):
    """A package cannot be read at all."""

    hint = "The unit gets the list of opinions; it sends the package again as the next round."

    def __init__(self, message: str, reason: str = "", **values: str | int) -> None:
        """Say what was found; `reason` names the words in which the unit reads it, `values` go into them."""
        super().__init__(message)
        self.reason = reason
        self.values = {name: str(value) for name, value in values.items()}


class UnsafeNameError(PackageError):
    """A name in a package points outside its folder or cannot be a file name."""


class ArchiveLimitError(PackageError):
    """An archive is larger, deeper or more compressed than is allowed."""


class CatalogueError(PackageError):
    """The machine-readable catalogue cannot be read as a table."""


class UnitsUnfinishedError(LantaiError):
    """Some units could not be looked at or taken in; all others were."""

    hint = (
        "The message names the units and why; cure that, then run take_in_filings or `lantai collect --unit` again for "
        "these units only."
    )


class UnitsInterruptedError(UnitsUnfinishedError):
    """Some units of a batch were interrupted by something that may pass."""

    hint = "The batch is retried; units that are done cost one look."
    retryable = True


class TaskInterruptedError(LantaiError):
    """A task ended without a word: its process was killed, or ran out of memory or time."""

    hint = "Rerun: what was complete is kept. If it happens again, see the memory of the machine and the time limits of the DAG."
    retryable = True


class OrchestratorError(LantaiError):
    """Airflow did not start, did not answer, refused, or a run of a DAG did not end well."""

    hint = (
        "Read the log that the message names, under LANTAI_HOME/airflow, or see LANTAI_AIRFLOW_URL and LANTAI_AIRFLOW_LOGIN_FILE; "
        "the `lantai` command does the same work without Airflow."
    )
    answered: int | None = None
    """The status with which Airflow answered; None when it gave no answer, or the error is about something else."""


class ValidationUnavailableError(LantaiError):
    """The completeness checks could not be run; says nothing about the package."""

    hint = "See the log of the validation; the package stays where it is and is checked again."
    retryable = True


class ReaderMisledError(LantaiError):
    """The process that opens what a department sent said something that no file gives: it fails, or the file rules it."""

    hint = (
        "Open nothing of this package elsewhere. Keep it and the message for whoever maintains Lantai; nothing that was said is "
        "taken over, and the unit is not answered until somebody has looked."
    )


class MalformedError(LantaiError):
    """Bytes that should have a written form (canonical JSON, a key line, a checkpoint) do not have it."""

    hint = "Compare with the copy that its writer keeps, and ask for it again; nothing of it was taken over."


# --- sealing and the vault ----------------------------------------------------------------------------------------------------------


class AgeError(LantaiError):
    """An age file could not be opened."""

    hint = "See that the file is whole and the right identity was given."


class HeaderError(AgeError):
    """The header of the age file is malformed."""


class NoIdentityMatchError(AgeError):
    """None of the identities opens this age file."""


class HmacError(AgeError):
    """The header of the age file was changed."""


class PayloadError(AgeError):
    """The payload of the age file was changed or cut."""


class FixityError(LantaiError):
    """Stored bytes no longer match the digest taken when they were sealed."""

    hint = "Do not seal again. Restore from another copy, then rerun check_fixity."


class PlaceUnavailableError(LantaiError):
    """A place of the vault could not be read or written; says nothing about what lies there."""

    hint = "See that the place is mounted, has space and may be written; then rerun."
    retryable = True


class DiskFullError(PlaceUnavailableError):
    """There is no space left where the bytes have to go."""

    hint = "Make space, then rerun: what was complete is kept, what was half written is discarded."


class KeyMissingError(LantaiError):
    """A key that this step needs is not here."""

    hint = "Run the step where the key is, or name the file; `lantai doctor` says which keys are known."


class SignatureInvalidError(LantaiError):
    """A signature does not belong to this text and key."""

    hint = "Do not go on. Compare the key with the enrolled one and ask the signer to sign again."


class LedgerError(LantaiError):
    """The ledger does not verify."""

    hint = "Do not write. Keep all copies as they are and compare with the checkpoints kept outside."


# --- appraisal and disposal -------------------------------------------------------------------------------------------------------


class WorksheetError(LantaiError):
    """A returned worksheet changes something that it may not, or is not ours."""

    hint = "Export the list again, fill in only the decision columns, and import that file."


class NotPermittedError(LantaiError):
    """The registry does not permit this step: an approval, a person or a waiting time is missing."""

    hint = "The message says what is missing; `lantai list show` shows the state of the list."


class HeldError(NotPermittedError):
    """A record on the list is under a hold."""

    hint = "Take the record off the list or have the hold lifted by who placed it; then sign again."


class DeliveryError(LantaiError):
    """A package could not be delivered and read back."""

    hint = "Nothing was handed over; rerun transfer_records when the archive's server answers."
    retryable = True


class UnansweredError(LantaiError):
    """A package may not take the place of an earlier one whose answer is not made yet."""

    hint = "Nothing of it is lost. See to what keeps the answer from being made, which the run names as well; the next run takes it in."
    retryable = True


class MissingProgramError(LantaiError):
    """A program that this step uses is not installed."""

    hint = "Install the program that the message names, or use the step without it."


class MissingPartError(LantaiError):
    """A part of Lantai that this command uses is not installed."""

    hint = "Install it from the checkout: pip install 'FOLDER[centre]', for the demo 'FOLDER[demo]'. pack, check, forms, inspect and receipt need neither."
