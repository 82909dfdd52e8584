"""What the archive tells: adoption, compliance, charts."""
