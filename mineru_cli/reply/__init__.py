"""What the model answered, as data."""
