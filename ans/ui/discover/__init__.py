"""The Discover tab."""
