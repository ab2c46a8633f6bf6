"""Says which keys were read, until "q". It is run in a terminal of its own by test_keys.py."""

from voicecoach.cli.keys import Keys

with Keys() as keys:
    print(f"interactive: {keys.interactive}", flush=True)
    while (key := keys.read()) != "q":
        print(repr(key), flush=True)
        if key == "s":
            print("line:", repr(keys.ask("name: ")), flush=True)
        elif key == "d":
            while not keys.pressed("enter"):
                pass
            print("pressed", keys.read(0), flush=True)
        elif key == "x":
            raise ValueError("as asked")
print("end", flush=True)
