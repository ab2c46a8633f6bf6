"""Microphones and loudspeakers: which there are, and which backend reaches them."""

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, TypeVar, cast

from voicecoach.audio.backends.base import NOUNS, Backend, BackendError, Device, Kind
from voicecoach.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

BACKENDS = ("portaudio", "pulse", "alsa")
"""In the order in which they are tried."""

_Result = TypeVar("_Result")


def backends(name: str | None = None) -> list[Backend]:
    """The backends in order, or only the one of that name.

    Raises:
        InputError: there is no backend of that name.
    """
    if name is not None and name not in BACKENDS:
        raise InputError(f"There is no backend '{name}': take one of {', '.join(BACKENDS)}.")
    names = BACKENDS if name is None else (name,)
    return [cast(Backend, import_module(f"voicecoach.audio.backends.{name}")) for name in names]


def devices(kind: Kind, backend: str | None = None) -> tuple[list[Device], list[str]]:
    """All microphones ("input") or loudspeakers ("output") that can be used now.

    Several backends may list the same one.

    Args:
        kind: which.
        backend: only of this one.

    Returns:
        The devices, and a clause for each backend that has none: why.

    Raises:
        InputError: there is no backend of that name.
    """
    found: list[Device] = []
    reasons: list[str] = []
    for each in backends(backend):
        try:
            found += each.devices(kind)
        except BackendError as error:
            reasons.append(str(error))
    return found, reasons


def first_that_works(
    kind: Kind,
    device: str | None,
    backend: str | None,
    attempt: Callable[[Backend, str | None], _Result],
) -> _Result:
    """What the first backend gives that has the device and does not fail with it.

    Args:
        kind: "input" or "output".
        device: an id, a name or a part of a name, as `devices` has them; None is the default.
        backend: only this one.
        attempt: gets a backend and the id of the device, None for the default one. It raises
            `BackendError` to have the next backend tried.

    Raises:
        InputError: none works: each one's reason, among them what to install. Or there is no such
            backend, or several devices have such a name.
    """
    reasons: list[str] = []
    for each in backends(backend):
        try:
            listed = each.devices(kind)
            return attempt(each, None if device is None else _find(each, listed, device))
        except BackendError as error:
            reasons.append(str(error))
    why = "; ".join(reasons)
    if device is not None:
        raise InputError(
            f"The {NOUNS[kind]} '{device}' cannot be used: see 'voicecoach devices' ({why})."
        )
    raise InputError(
        f"There is no working {NOUNS[kind]}: connect one, or install what is missing ({why})."
    )


def choose(kind: Kind, device: str | None = None, backend: str | None = None) -> Device:
    """The device that would be used, without opening it. Raises as `first_that_works` does."""

    def named(each: Backend, device_id: str | None) -> Device:
        listed = each.devices(kind)
        for found in listed:
            if found.device_id == device_id:
                return found
        return listed[0] if device_id is None else Device(each.NAME, kind, device_id, "", False)

    return first_that_works(kind, device, backend, named)


def _find(backend: Backend, listed: "Sequence[Device]", device: str) -> str:
    """The id of the device of that id, name or part of a name; case does not matter."""
    wanted = device.casefold().strip()
    for found in listed:
        if wanted in (found.device_id.casefold(), found.name.casefold()):
            return found.device_id
    matches = [
        found
        for found in listed
        if wanted and wanted in f"{found.device_id}\n{found.name}".casefold()
    ]
    if len(matches) > 1:
        names = ", ".join(found.device_id for found in matches)
        raise InputError(f"Several devices of {backend.TITLE} fit '{device}': give one of {names}.")
    if matches:
        return matches[0].device_id
    if backend.UNLISTED and ":" in device:
        return device
    raise BackendError(f"{backend.TITLE} has none of that name")
