"""What lands in the output folder."""
