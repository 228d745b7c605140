"""What a month that nobody watches needs: which editions are due, who is told, and whether the machine is ready."""
