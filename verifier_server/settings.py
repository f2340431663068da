"""What an operator chooses.

Promises: a flag wins over VERIFIER_* in the environment, that over the TOML
file, that over the default; an unknown key in the file and a value out of
bounds are errors that name the key.

Does not cover: limits that are part of the protocol (`bounds.py`).
"""

import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import DirectoryPath, Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

DEFAULT_LISTEN = "127.0.0.1:50051"
ENV_PREFIX = "VERIFIER_"


class SettingsError(Exception):
    """Settings that cannot be used; the message names each key at fault."""


class Settings(BaseSettings):
    """The server's settings. Field names are the keys of the file."""

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, extra="forbid", frozen=True)

    listen: Annotated[tuple[str, ...], NoDecode] = Field((DEFAULT_LISTEN,), min_length=1)
    insecure: bool = False
    workers: int = Field(default_factory=lambda: len(os.sched_getaffinity(0)), ge=1, le=1024)
    sandbox: Literal["nsjail", "rlimits"] = "nsjail"
    worker_memory_mib: int = Field(2048, ge=64, le=1 << 20)
    code_runtimes: Annotated[tuple[str, ...], NoDecode] = ()
    allow_in_process: bool = False
    database_folder: DirectoryPath | None = None
    pack_folder: DirectoryPath | None = None
    drain_grace_s: float = Field(30.0, ge=0.0, le=3600.0)
    queue_groups: int = Field(8192, ge=1)
    queue_mib: int = Field(512, ge=1)
    connection_age_s: float = Field(300.0, ge=1.0, le=86400.0)
    log_format: Literal["auto", "json", "console"] = "auto"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator("listen", "code_runtimes", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """In the environment a list is separated by commas."""
        return tuple(filter(None, value.split(","))) if isinstance(value, str) else value


def load_settings(flags: Mapping[str, Any], config: Path | None) -> Settings:
    """The settings in force.

    Args:
        flags: by field name; None stands for a flag that was not given.
        config: the TOML file.

    Raises:
        SettingsError: the file cannot be read, or a key or value is wrong.
    """
    table = {} if config is None else _read(config)

    class Layered(Settings):
        """`Settings` with this file as the lowest layer above the defaults."""

        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return init_settings, env_settings, InitSettingsSource(settings_cls, table)

    given = {name: value for name, value in flags.items() if value is not None}
    try:
        layered = Layered(**given)
    except ValidationError as error:
        raise SettingsError("; ".join(_explain(each) for each in error.errors())) from None
    return Settings.model_construct(**layered.model_dump())


def to_toml(settings: Settings) -> str:
    """The settings as a file that `load_settings` reads; TOML has no word for None."""
    items = settings.model_dump().items()
    return "".join(f"{key} = {_toml(value)}\n" for key, value in items if value is not None)


def _read(config: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(config.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{config}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{config}: not valid TOML: {error}") from None
    for key in table:
        if key not in Settings.model_fields:
            close = difflib.get_close_matches(key, Settings.model_fields, n=1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            raise SettingsError(f"{config}: unknown key {key!r}{hint}")
    return table


def _explain(error: Any) -> str:
    key = ".".join(str(part) for part in error["loc"])
    flag = "--" + key.split(".")[0].replace("_", "-")
    name = ENV_PREFIX + key.split(".")[0].upper()
    return f"{key} ({flag}, {name}): {error['msg']}, not {error['input']!r}"


def _toml(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case tuple():
            return "[" + ", ".join(_toml(each) for each in value) + "]"
        case str() | Path():
            # TOML's basic strings escape as JSON's do.
            return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
        case _:
            return str(value)
