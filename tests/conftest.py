"""What every test stands on: no network, no settings from outside."""

import os

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TERM"] = "dumb"
for name in [name for name in os.environ if name.startswith("MINERU_EXTRACT_")]:
    del os.environ[name]
