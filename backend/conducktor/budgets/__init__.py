"""Money: what a call may cost is held before it runs and settled after it. Without a budget nothing is held."""
