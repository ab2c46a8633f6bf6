"""``voicecoach devices``: the microphones and loudspeakers of this machine."""

from typing import TYPE_CHECKING

import typer

from voicecoach.cli.options import AsJson, Backend

if TYPE_CHECKING:
    from voicecoach.audio.backends.base import Device


def devices(
    backend: Backend = None,
    as_json: AsJson = False,
) -> None:
    """List microphones and loudspeakers, with the names that --device takes.

    \b
    voicecoach devices
    voicecoach devices --backend pulse
    voicecoach devices --json

    A star marks the default of each backend. The same device may be listed by several.
    """
    import json
    from dataclasses import asdict

    from voicecoach.audio.devices import devices as list_devices
    from voicecoach.cli.options import output_console, warn

    found: list[Device] = []
    missing: dict[str, None] = {}  # each reason once
    for kind in ("input", "output"):
        listed, reasons = list_devices(kind, backend)
        found += listed
        missing |= dict.fromkeys(reasons)
    for reason in missing:
        warn(f"voicecoach: {reason}.")
    if as_json:
        typer.echo(json.dumps([asdict(device) for device in found], ensure_ascii=False, indent=2))
        return
    console = output_console()
    for kind, title in (("input", "Microphones"), ("output", "Loudspeakers")):
        console.print(f"{title}:")
        for device in found:
            if device.kind == kind:
                mark = "*" if device.is_default else " "
                name = f"  {device.name}" if device.name else ""
                console.print(f"{mark} {device.backend}  {device.device_id}{name}", soft_wrap=True)
        if not any(device.kind == kind for device in found):
            console.print("  none")
