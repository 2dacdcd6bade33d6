"""Floor 3: certificates, labels and the outside world."""
