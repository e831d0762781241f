"""Pure: what owner and expiry tags say, and how they are written."""
