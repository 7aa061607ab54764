"""The stages in their order, wired to the store.

    sources | fetch | clean | dedupe | tag | select | render > outbox/2026-W47/

`week` reads it top to bottom. Each stage has a module here and is imported by itself, so that a command loads only what
it needs.
"""
