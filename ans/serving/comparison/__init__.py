"""Other methods on the features of finished runs."""
