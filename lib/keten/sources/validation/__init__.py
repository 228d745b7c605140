"""What a delivery must pass before it counts (in the European Statistical System: data validation)."""
