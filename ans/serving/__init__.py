"""What the page and the API ask of finished runs."""
