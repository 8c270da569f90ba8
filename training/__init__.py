"""How the bundled reader is made: data drawn on the fly, training, evaluation. Not part of the package."""
