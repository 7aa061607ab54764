"""Pure stages: records in, records out. No file, socket, clock or database."""
