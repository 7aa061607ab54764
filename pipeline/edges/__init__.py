"""The only input and output: fetcher, store, outbox, templates, mail."""
