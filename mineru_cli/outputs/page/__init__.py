"""``index.html``: one self-contained page on which a person checks what was read."""

from mineru_cli.outputs.page.builder import was_stopped as was_stopped
from mineru_cli.outputs.page.builder import write_page as write_page
