"""Environment -> one frozen model per function; read when called, never at import; nothing has a hidden default."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Self

from tribune.errors import MissingSetting


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What every function is told."""

    stage: str

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> Self:
        """The settings from the environment: each field is the variable of the same name in capitals.

        Raises MissingSetting when one is absent or empty.
        """
        source = os.environ if environment is None else environment
        values = {field.name: source.get(field.name.upper(), "") for field in fields(cls)}
        for name, value in values.items():
            if not value:
                raise MissingSetting("is not set, or empty", field=name.upper())
        return cls(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveSettings(Settings):
    """For receive_webhook."""

    inbox_queue_url: str
    lookups_queue_url: str
    community_table: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModerateSettings(Settings):
    """For moderate_comments."""

    journal_table: str
    text_table: str
    counter_table: str
    charter_table: str
    community_table: str
    actions_queue_url: str
    calls_queue_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformSettings(Settings):
    """For perform_action."""

    journal_table: str
    text_table: str
    community_table: str
    calls_queue_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PollSettings(Settings):
    """For poll_platforms."""

    journal_table: str
    counter_table: str
    community_table: str
    inbox_queue_url: str
    lookups_queue_url: str
    lookups_unhandled_url: str
    calls_queue_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshSettings(Settings):
    """For refresh_tokens."""

    journal_table: str
    community_table: str
    calls_queue_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveErasureSettings(Settings):
    """For receive_erasure."""

    erasures_queue_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseSettings(Settings):
    """For erase_person."""

    journal_table: str
    text_table: str
    counter_table: str
    community_table: str
    erasures_queue_url: str
    calls_queue_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSettings(Settings):
    """For call_manager. `mail_sender` is the verified address that e-mails leave from; `sms_sender` what text messages
    show as theirs, `none` for nothing.
    """

    journal_table: str
    text_table: str
    community_table: str
    mail_sender: str
    sms_sender: str
    desk_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PressSettings(Settings):
    """For receive_press."""

    journal_table: str
    community_table: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RelaySettings(Settings):
    """For relay_alarm."""

    journal_table: str
    community_table: str
    calls_queue_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SealSettings(Settings):
    """For seal_hours."""

    journal_table: str
    counter_table: str
    community_table: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSettings(Settings):
    """For send_report."""

    journal_table: str
    text_table: str
    counter_table: str
    charter_table: str
    community_table: str
    calls_queue_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorSettings(Settings):
    """For anchor_ledger. `anchor_key` is the id of a KMS key that signs."""

    journal_table: str
    community_table: str
    anchor_bucket: str
    anchor_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchSettings(Settings):
    """For keep_watch. `ask_url` is where the pages of questions to colleagues are: `https://…/ask`."""

    journal_table: str
    text_table: str
    counter_table: str
    charter_table: str
    community_table: str
    actions_queue_url: str
    calls_queue_url: str
    mail_sender: str
    ask_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskSettings(Settings):
    """For ask_colleague."""

    journal_table: str
    text_table: str
    community_table: str
    calls_queue_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealSettings(Settings):
    """For receive_appeal."""

    journal_table: str
    text_table: str
    charter_table: str
    community_table: str
    calls_queue_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowSettings(Settings):
    """For show_charter."""

    journal_table: str
    charter_table: str
    community_table: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskSettings(Settings):
    """For desk."""

    journal_table: str
    text_table: str
    counter_table: str
    charter_table: str
    community_table: str
    actions_queue_url: str
    calls_queue_url: str
