"""Use cases: each stage wired to the store.

    sources | fetch | clean | tag | dedupe | select | render > outbox/2026-W47/

`weekly` is the whole run, top to bottom. Each stage has its own module, so that a command imports only what it needs.
"""
