import json

import pytest


def test_the_devices_of_every_backend(run, sound_server, sound_backend) -> None:
    result = run("devices", "--backend", sound_backend)
    assert result.exit_code == 0
    assert result.stderr == ""
    microphones, loudspeakers = result.stdout.split("Loudspeakers:")
    assert microphones.startswith("Microphones:\n* ")
    assert loudspeakers.startswith("\n* ")


def test_json_names_what_device_takes(run, sound_server) -> None:
    found = json.loads(run("devices", "--json", "--backend", "pulse").stdout)
    assert {
        "backend": "pulse",
        "kind": "input",
        "device_id": "microphone.monitor",
        "name": "Monitor of Null Output",
        "is_default": True,
    } in found
    assert {device["device_id"] for device in found if device["kind"] == "output"} == {
        "microphone",
        "loudspeaker",
    }


@pytest.mark.usefixtures("no_sound")
def test_where_there_is_nothing(run) -> None:
    result = run("devices")
    assert result.exit_code == 0
    assert result.stdout == "Microphones:\n  none\nLoudspeakers:\n  none\n"
    assert "libportaudio2" in result.stderr
    assert result.stderr.count("pulseaudio-utils") == 1
    assert json.loads(run("devices", "--json").stdout) == []


def test_a_backend_that_is_not_there(run) -> None:
    result = run("devices", "--backend", "jack")
    assert result.exit_code == 2
    assert "portaudio, pulse, alsa" in result.stderr
