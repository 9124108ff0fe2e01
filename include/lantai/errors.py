"""Every error of Lantai: what happened, what was found and expected, and what to do.

The class says what happened, the message what was found and expected, `hint`
what the operator does next, and `retryable` whether the same call may succeed
later without anybody doing anything. Foreign exceptions are translated into
these at the edges; docs/runbook.md is generated from this module, one row per
class.
"""

from __future__ import annotations

from typing import ClassVar


class LantaiError(Exception):
    """Something that Lantai names and can advise on."""

    hint: ClassVar[str] = "Read the message; if it does not help, run `lantai doctor`."
    hint_zh: ClassVar[str] = "请阅读上面的说明；仍不清楚时运行 lantai doctor。"
    retryable: ClassVar[bool] = False
    message_zh: str = ""
    """The message in Chinese, where somebody who decides has to read all of it; otherwise the English one stands for both."""


class UnexpectedError(LantaiError):
    """A step failed in a way that Lantai has no name for: a fault of the program."""

    hint = "Send the message and the file or log that it names to whoever maintains Lantai; a rerun is safe."
    hint_zh = "请将说明连同所列文件或日志发给系统维护人员；可以重跑。"


# --- settings and set-up -----------------------------------------------------------------------------------------------------


class SettingsError(LantaiError):
    """A setting is missing or has a value that cannot be meant."""

    hint = "Correct the LANTAI_* variable that the message names; .env.example lists them all."
    hint_zh = "请更正上面所指的 LANTAI_* 环境变量；.env.example 列出全部变量。"


class SchemaOutdatedError(LantaiError):
    """The registry was made by another version of Lantai."""

    hint = "Back up the registry, then run `lantai init` to upgrade it."
    hint_zh = "请先备份登记库，再运行 lantai init 升级。"


class SchemaUnreleasedError(LantaiError):
    """The registry says it is current and lacks tables or columns: a version of Lantai before its release made it."""

    hint = (
        "No upgrade leads from there. Set LANTAI_HOME or LANTAI_REGISTRY_URL to a new place and run `lantai init`; keep the old "
        "registry and its vault, whose records open as before."
    )
    hint_zh = (
        "无法从该版本升级。请将 LANTAI_HOME 或 LANTAI_REGISTRY_URL 设为新位置，再运行 lantai init；"
        "请保留原登记库与库房，其中的记录仍可照常打开。"
    )


class SchemaUnknownError(LantaiError):
    """The registry was upgraded by a newer Lantai than this one."""

    hint = "Install the version of Lantai that the registry was upgraded with; nothing was changed."
    hint_zh = "请安装升级该登记库所用的兰台版本；未作任何更改。"


class RegistryMissingError(LantaiError):
    """There is no registry where the settings say."""

    hint = "Run `lantai init` to make one, or set LANTAI_HOME to the home of the centre."
    hint_zh = "请运行 lantai init 建立登记库，或将 LANTAI_HOME 设为本中心的目录。"


class RegistryDamagedError(LantaiError):
    """The file of the registry is damaged, or is no database."""

    hint = "Do not write. Keep the file as it is, put the newest backup in its place, then run `lantai doctor`."
    hint_zh = "请勿写入。保留该文件原状，用最近的备份替换，再运行 lantai doctor。"


class RegistryUnavailableError(LantaiError):
    """The registry database did not answer."""

    hint = "See that the database runs and LANTAI_REGISTRY_URL is right; the work is retried."
    hint_zh = "请检查数据库是否运行、LANTAI_REGISTRY_URL 是否正确；系统会自动重试。"
    retryable = True


class RegistryBusyError(RegistryUnavailableError):
    """Somebody else kept the registry, or a part of it, too long; or two transactions crossed and this one was undone."""

    hint = (
        "Nothing to do: the work is retried. If it happens again, see who keeps a transaction open (pg_stat_activity)."
    )
    hint_zh = "无需处理：系统会自动重试。若再次出现，请查看是谁长时间占用事务（pg_stat_activity）。"


class RegistryConflictError(LantaiError):
    """The registry refused a row that breaks one of its named rules."""

    hint = "The message names the rule; look at the row that is already there before trying again."
    hint_zh = "上面写明了所违反的约束；请先查看已有的记录。"


class NotFoundError(LantaiError):
    """Nothing in the registry has that name."""

    hint = (
        "Look it up: `lantai units list`, `people list`, `submissions`, `agreement list`, `hold list`, `list show`, "
        "`schedule show`."
    )
    hint_zh = (
        "请查询正确的名称：lantai units list、people list、submissions、agreement list、hold list、list show、"
        "schedule show。"
    )


class LeaseLostError(LantaiError):
    """Another worker holds the lease for this work, or has taken it over."""

    hint = "Nothing to do: the other worker goes on. Rerun later if it died."
    hint_zh = "无需处理：另一个任务正在进行；若其已中断，请稍后重跑。"
    retryable = True


class UsageError(LantaiError):
    """The request itself cannot be carried out as it was made."""

    hint = "Correct the command or form; `--help` shows what it takes."
    hint_zh = "请更正命令或表单；--help 有说明。"


class InputFileError(UsageError):
    """A file or folder that was named cannot be used."""

    hint = "See that the path is right, that it is what the message expects, and that you may read it."
    hint_zh = "请检查路径是否正确、是否为所要求的文件或文件夹、是否有读取权限。"


class UnfitFileError(UsageError):
    """A file is there, and what it holds is not what it is meant to be."""

    hint = "Mend the file as the message says and run the command again; nothing was done."
    hint_zh = "请按上面的说明处理该文件后再次运行；尚未作任何处理。"


class AmbiguousNameError(UsageError):
    """What was named fits several things."""

    hint = "Name one of those that are listed, by its number; nothing was done."
    hint_zh = "请从所列各项中选定一项，用其编号指明；未作任何处理。"


class AlreadyThereError(UsageError):
    """Something lies already where this would be written."""

    hint = "Move it away or name another place; nothing was overwritten."
    hint_zh = "请将其移走或另选位置；未覆盖任何内容。"


class HomeInUseError(UsageError):
    """A demo or `lantai serve` already runs over this home."""

    hint = "Use the one that runs, end it with Ctrl-C where it was started, or name another folder with LANTAI_HOME."
    hint_zh = "请使用正在运行的那一个，或在其启动处按 Ctrl-C 结束，或用 LANTAI_HOME 指定另一个目录。"


# --- the department's server ---------------------------------------------------------------------------------------------------


class ConnectionConfigError(LantaiError):
    """The connection of a unit is missing, incomplete, or would switch off a safety."""

    hint = "Correct the entry `sftp_<unit_code>` in LANTAI_CONNECTIONS_FILE; `host_key` is required."
    hint_zh = "请更正 LANTAI_CONNECTIONS_FILE 中的 sftp_<单位代码> 条目；必须有 host_key。"


class ServerUnreachableError(LantaiError):
    """The SFTP server could not be reached or fell silent."""

    hint = "See the line and the server; every run looks again, and the unit's state is unknown until then."
    hint_zh = "请检查网络与服务器；每次运行都会重新查看，在此之前该单位状态为“未知”。"
    retryable = True


class HostKeyMismatchError(LantaiError):
    """The server showed another host key than the one pinned for this unit."""

    hint = (
        "Ask the unit's administrator by telephone for the fingerprint; change the pinned key only if it is confirmed."
    )
    hint_zh = "请电话向该单位管理员核对指纹；确认无误后方可更换已登记的主机密钥。"


class LoginRefusedError(LantaiError):
    """The server did not accept our key or password."""

    hint = "See that the account exists and our public key is enrolled there."
    hint_zh = "请确认账号存在且我方公钥已登记。"


class RemotePermissionError(LantaiError):
    """The server refused access to a file or folder."""

    hint = "Ask the unit's administrator to let the centre's account read outbox and write inbox."
    hint_zh = "请该单位管理员开放 outbox 读权限与 inbox 写权限。"


class RemoteMissingError(LantaiError):
    """A file or folder is not there on the server."""

    hint = "Look at the unit's folder; a file removed while it was being read is asked for again in the next run."
    hint_zh = "请查看该单位文件夹；读取过程中被删除的文件将在下次重试。"


class OutboxMissingError(RemoteMissingError):
    """There is no folder outbox where our account begins: nothing is known of what the unit has filed."""

    hint = (
        "Ask the unit's administrator to make the folders outbox and inbox where the centre's account begins, or to mount what is "
        "missing; or set `remote_root` in LANTAI_CONNECTIONS_FILE."
    )
    hint_zh = (
        "请该单位管理员在中心账号的起始目录下建立 outbox、inbox，或恢复未挂载的目录；起始目录不同的，"
        "在 LANTAI_CONNECTIONS_FILE 中设置 remote_root。"
    )


class RemotePathError(LantaiError):
    """Where a folder or a file is expected on the server, a link or something else stands."""

    hint = "Ask the unit's administrator for a real folder in its place: links are not followed, nothing was taken or left there."
    hint_zh = "请该单位管理员改为真实的文件夹：不跟随链接，未从该处收取，也未向该处投递。"


class RemoteProtocolError(LantaiError):
    """The server answered something that SFTP does not allow."""

    hint = "Report the message to the unit's administrator; nothing of this answer was taken over."
    hint_zh = "请将说明转告该单位管理员；未采用该应答的任何内容。"


class ServerTooSlowError(LantaiError):
    """The server was so slow, or let us wait so long, that the others were served first."""

    hint = (
        "See the line and the server. What came is kept: the unit comes last in the same run, and the next run goes on where it "
        "stood; LANTAI_SLOWEST_KIB_PER_SECOND says how slow is too slow."
    )
    hint_zh = (
        "请检查线路与对方服务器。已收到的部分保留：本次运行最后再收该单位，下次运行从中断处继续；"
        "LANTAI_SLOWEST_KIB_PER_SECOND 规定低于何种速度即不再等待。"
    )
    retryable = True


class UnitLimitError(LantaiError):
    """What one unit's server sends, or lays out to be fetched, is more than one unit may cost."""

    hint = (
        "Ask the unit's administrator what lies in the outbox. Where it is meant, raise the limit that the message names; "
        "no other unit is concerned."
    )
    hint_zh = "请与该单位管理员核对发件箱内容；确属应报内容的，调高上面所指的限额。其他单位不受影响。"


class LineInterruptedError(LantaiError):
    """The process that talks to a unit's server was ended by this machine, not by the server."""

    hint = "See the memory and the process limit of this machine; the unit is looked at again, and what came is kept."
    hint_zh = "请检查本机内存和进程数限制；系统会再次查看该单位，已收到的部分保留。"
    retryable = True


class RemoteChangedError(LantaiError):
    """A file changed, shrank or grew while it was being read."""

    hint = "Nothing to do: the package is looked at again when it has settled."
    hint_zh = "无需处理：待文件稳定后会再次读取。"
    retryable = True


# --- what a department sent -------------------------------------------------------------------------------------------------------


class PackageError(LantaiError):
    """A package cannot be read at all."""

    hint = "The unit gets the list of opinions; it sends the package again as the next round."
    hint_zh = "该单位将收到意见单，并按意见重新报送（下一轮）。"

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
    hint_zh = "上面列出了单位和原因；排除后，仅对这些单位重跑 take_in_filings 或 lantai collect --unit。"


class UnitsInterruptedError(UnitsUnfinishedError):
    """Some units of a batch were interrupted by something that may pass."""

    hint = "The batch is retried; units that are done cost one look."
    hint_zh = "系统会重试该批单位；已完成的单位不会重复处理。"
    retryable = True


class TaskInterruptedError(LantaiError):
    """A task ended without a word: its process was killed, or ran out of memory or time."""

    hint = "Rerun: what was complete is kept. If it happens again, see the memory of the machine and the time limits of the DAG."
    hint_zh = "请重跑：已完成的部分会保留。若再次发生，请查看机器内存和流程的时限。"
    retryable = True


class OrchestratorError(LantaiError):
    """Airflow did not start, did not answer, refused, or a run of a DAG did not end well."""

    hint = (
        "Read the log that the message names, under LANTAI_HOME/airflow, or see LANTAI_AIRFLOW_URL and LANTAI_AIRFLOW_LOGIN_FILE; "
        "the `lantai` command does the same work without Airflow."
    )
    hint_zh = (
        "请查看上面所指的 LANTAI_HOME/airflow 下的日志，或检查 LANTAI_AIRFLOW_URL 与 LANTAI_AIRFLOW_LOGIN_FILE；"
        "lantai 命令可在没有 Airflow 时完成同样的工作。"
    )
    answered: int | None = None
    """The status with which Airflow answered; None when it gave no answer, or the error is about something else."""


class ValidationUnavailableError(LantaiError):
    """The completeness checks could not be run; says nothing about the package."""

    hint = "See the log of the validation; the package stays where it is and is checked again."
    hint_zh = "请查看校验日志；包保持原状，稍后重新检查。"
    retryable = True


class ReaderMisledError(LantaiError):
    """The process that opens what a department sent said something that no file gives: it fails, or the file rules it."""

    hint = (
        "Open nothing of this package elsewhere. Keep it and the message for whoever maintains Lantai; nothing that was said is "
        "taken over, and the unit is not answered until somebody has looked."
    )
    hint_zh = (
        "请勿在其他电脑上打开此包。请保留该包和上述说明，交系统维护人员查看；所述内容一概未采用，查明之前不答复该单位。"
    )


class MalformedError(LantaiError):
    """Bytes that should have a written form (canonical JSON, a key line, a checkpoint) do not have it."""

    hint = "Compare with the copy that its writer keeps, and ask for it again; nothing of it was taken over."
    hint_zh = "请与出具方保存的原件核对并重新取得；未采用其中任何内容。"


# --- sealing and the vault ----------------------------------------------------------------------------------------------------------


class AgeError(LantaiError):
    """An age file could not be opened."""

    hint = "See that the file is whole and the right identity was given."
    hint_zh = "请确认文件完整、身份密钥正确。"


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
    hint_zh = "不要重新封存。请从其他副本恢复后重跑 check_fixity。"


class PlaceUnavailableError(LantaiError):
    """A place of the vault could not be read or written; says nothing about what lies there."""

    hint = "See that the place is mounted, has space and may be written; then rerun."
    hint_zh = "请检查存储位置是否挂载、空间是否充足、是否可写；然后重跑。"
    retryable = True


class DiskFullError(PlaceUnavailableError):
    """There is no space left where the bytes have to go."""

    hint = "Make space, then rerun: what was complete is kept, what was half written is discarded."
    hint_zh = "请腾出空间后重跑：完整的部分会保留，写了一半的会丢弃。"


class KeyMissingError(LantaiError):
    """A key that this step needs is not here."""

    hint = "Run the step where the key is, or name the file; `lantai doctor` says which keys are known."
    hint_zh = "请在持有密钥的机器上执行，或指明密钥文件；lantai doctor 会列出已知密钥。"


class SignatureInvalidError(LantaiError):
    """A signature does not belong to this text and key."""

    hint = "Do not go on. Compare the key with the enrolled one and ask the signer to sign again."
    hint_zh = "请停止操作。核对登记的公钥，并请签字人重新签署。"


class LedgerError(LantaiError):
    """The ledger does not verify."""

    hint = "Do not write. Keep all copies as they are and compare with the checkpoints kept outside."
    hint_zh = "请勿写入。保留所有副本原状，与外部检查点比对。"


# --- appraisal and disposal -------------------------------------------------------------------------------------------------------


class WorksheetError(LantaiError):
    """A returned worksheet changes something that it may not, or is not ours."""

    hint = "Export the list again, fill in only the decision columns, and import that file."
    hint_zh = "请重新导出清单，只填写意见栏，再导入。"


class NotPermittedError(LantaiError):
    """The registry does not permit this step: an approval, a person or a waiting time is missing."""

    hint = "The message says what is missing; `lantai list show` shows the state of the list."
    hint_zh = "上面写明了所缺事项；lantai list show 可查看清单状态。"


class HeldError(NotPermittedError):
    """A record on the list is under a hold."""

    hint = "Take the record off the list or have the hold lifted by who placed it; then sign again."
    hint_zh = "请将该件移出清单，或由下达人解除冻结后重新签署。"


class DeliveryError(LantaiError):
    """A package could not be delivered and read back."""

    hint = "Nothing was handed over; rerun transfer_records when the archive's server answers."
    hint_zh = "未移交任何内容；待档案馆服务器恢复后重跑 transfer_records。"
    retryable = True


class UnansweredError(LantaiError):
    """A package may not take the place of an earlier one whose answer is not made yet."""

    hint = "Nothing of it is lost. See to what keeps the answer from being made, which the run names as well; the next run takes it in."
    hint_zh = "所报内容均未丢失。请先解决答复不能生成的原因（同一次运行已列出）；下一次收取时即予收取。"
    retryable = True


class MissingProgramError(LantaiError):
    """A program that this step uses is not installed."""

    hint = "Install the program that the message names, or use the step without it."
    hint_zh = "请安装上面所指的程序，或不使用该步骤。"


class MissingPartError(LantaiError):
    """A part of Lantai that this command uses is not installed."""

    hint = "Install it: pip install 'lantai[centre]', for the demo 'lantai[demo]'. pack, check, forms, inspect and receipt need neither."
    hint_zh = (
        "请安装：pip install 'lantai[centre]'，演示用 'lantai[demo]'；pack、check、forms、inspect、receipt 不需要。"
    )
