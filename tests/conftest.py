"""What every test stands on: no network, no settings from outside."""

import os

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TERM"] = "dumb"
os.environ["OMP_WAIT_POLICY"] = "PASSIVE"  # as `open_engine` sets it, which is too late where torch is loaded before
for name in [name for name in os.environ if name.startswith("MINERU_EXTRACT_")]:
    del os.environ[name]
os.environ["MINERU_EXTRACT_WORKERS"] = "0"  # worker processes take half a second to start: their own tests have them
os.environ["MINERU_EXTRACT_FORMAT"] = "json,csv"  # and so does the process that redraws charts
