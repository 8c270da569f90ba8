"""From an input to the crops a reader wants: opening, rendering, preprocessing, finding figures."""
