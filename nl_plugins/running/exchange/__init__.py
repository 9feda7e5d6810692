"""Lists of samples for other tools, and their answers: an adapter for each tool."""
