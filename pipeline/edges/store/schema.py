"""The store's tables, as the migrations that lead from one version to the next."""

APPLICATION_ID = 0x6E657773  # "news"

# Each migration raises `user_version` by one. Migrations are added, never changed.
MIGRATIONS = (
    """
    CREATE TABLE source_state (
        name TEXT PRIMARY KEY,
        etag TEXT, last_modified TEXT,               -- exactly as the server sent them
        polled_at TEXT, succeeded_at TEXT, next_poll_at TEXT,
        failures INTEGER NOT NULL DEFAULT 0,         -- in a row
        error TEXT,
        moved_to TEXT, moved_seen INTEGER NOT NULL DEFAULT 0,
        entries INTEGER NOT NULL DEFAULT 0           -- in the last response that had any
    ) WITHOUT ROWID;
    CREATE TABLE body (
        hash TEXT PRIMARY KEY,
        data BLOB NOT NULL                           -- zlib
    ) WITHOUT ROWID;
    CREATE TABLE response (
        id INTEGER PRIMARY KEY,
        source TEXT NOT NULL, purpose TEXT NOT NULL, -- feed, page, picture, document
        url TEXT NOT NULL, final_url TEXT NOT NULL,
        status INTEGER NOT NULL, headers TEXT NOT NULL,
        body_hash TEXT NOT NULL REFERENCES body (hash),
        fetched_at TEXT NOT NULL,
        read_by INTEGER                              -- version of the parser that has read it
    );
    CREATE INDEX response_by_url ON response (url, purpose, id);
    CREATE INDEX response_unread ON response (purpose, read_by);
    CREATE TABLE entry (
        id TEXT PRIMARY KEY,
        source TEXT NOT NULL,
        url TEXT,
        record TEXT NOT NULL,
        first_seen_at TEXT NOT NULL,
        page TEXT NOT NULL DEFAULT 'none',           -- none, wanted, kept, failed
        page_tries INTEGER NOT NULL DEFAULT 0,
        response INTEGER REFERENCES response (id),   -- with its page or document
        cleaned_by INTEGER                           -- version of clean that has seen it; NULL while it waits
    ) WITHOUT ROWID;
    CREATE INDEX entry_waiting ON entry (cleaned_by);
    CREATE INDEX entry_by_page ON entry (page);
    CREATE INDEX entry_by_source ON entry (source);
    CREATE TABLE story (
        id TEXT PRIMARY KEY,
        entry TEXT NOT NULL REFERENCES entry (id),
        dated_at TEXT NOT NULL,
        record TEXT NOT NULL,
        tagged_by INTEGER,                           -- version of tag that has seen it; NULL while it waits
        copy_of TEXT                                 -- the story it was folded into
    ) WITHOUT ROWID;
    CREATE INDEX story_by_entry ON story (entry);
    CREATE INDEX story_by_date ON story (dated_at);
    CREATE TABLE event (
        id TEXT PRIMARY KEY,
        record TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE suggestion (
        story TEXT NOT NULL, other TEXT NOT NULL, figure REAL NOT NULL, evidence TEXT NOT NULL,
        PRIMARY KEY (story, other)
    ) WITHOUT ROWID;
    CREATE TABLE learned_line (
        source TEXT NOT NULL, line TEXT NOT NULL,
        PRIMARY KEY (source, line)
    ) WITHOUT ROWID;
    CREATE TABLE decision (
        story TEXT NOT NULL, stage TEXT NOT NULL, number INTEGER NOT NULL,
        outcome TEXT NOT NULL, rule TEXT NOT NULL, figure REAL, detail TEXT NOT NULL,
        PRIMARY KEY (story, stage, number)
    ) WITHOUT ROWID;
    CREATE TABLE rejected (
        id TEXT NOT NULL, stage TEXT NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL, rejected_at TEXT NOT NULL,
        PRIMARY KEY (id, stage)
    ) WITHOUT ROWID;
    CREATE TABLE issue (
        key TEXT PRIMARY KEY,
        number INTEGER NOT NULL,
        status TEXT NOT NULL,                        -- proposed, rendered, approved
        cutoff_at TEXT NOT NULL,                     -- stories dated later belong to a later issue
        approved_at TEXT,
        tally TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE place (
        issue TEXT NOT NULL REFERENCES issue (key),
        edition TEXT NOT NULL, section TEXT NOT NULL, position INTEGER NOT NULL,
        story TEXT NOT NULL, record TEXT NOT NULL,
        PRIMARY KEY (issue, edition, section, position)
    ) WITHOUT ROWID;
    CREATE INDEX place_by_story ON place (story);
    CREATE TABLE picture (
        url TEXT NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,
        version INTEGER NOT NULL, data BLOB NOT NULL,
        PRIMARY KEY (url, width, height)
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE delivery (
        id INTEGER PRIMARY KEY,
        issue TEXT NOT NULL, edition TEXT NOT NULL, address TEXT NOT NULL,
        preview INTEGER NOT NULL,                    -- 1 for a test that the desk sent to itself
        state TEXT NOT NULL,                         -- sending, ending, accepted, refused, deferred, uncertain
        code INTEGER, answer TEXT NOT NULL,          -- code and text of the relay's reply
        started_at TEXT NOT NULL
    );
    CREATE INDEX delivery_by_issue ON delivery (issue);
    CREATE UNIQUE INDEX delivery_once ON delivery (issue, edition)
        WHERE preview = 0 AND state IN ('ending', 'accepted');
    """,
    """
    -- Indexes for what each stage asks for, so that no query scans the whole archive.
    CREATE INDEX story_untagged ON story (tagged_by);
    CREATE INDEX story_folded ON story (copy_of) WHERE copy_of IS NOT NULL;
    CREATE INDEX entry_newest ON entry (source, first_seen_at);
    DROP INDEX entry_by_source;
    """,
    """
    ALTER TABLE source_state ADD COLUMN location TEXT;            -- the config's address that this row is about
    ALTER TABLE source_state ADD COLUMN adopted_url TEXT;         -- where it has moved permanently; polled instead
    ALTER TABLE source_state ADD COLUMN gone_at TEXT;             -- when it answered 410
    ALTER TABLE source_state ADD COLUMN failing_since TEXT;
    ALTER TABLE source_state ADD COLUMN notes TEXT NOT NULL DEFAULT '[]';  -- oddities of its last response
    ALTER TABLE source_state ADD COLUMN feeds TEXT NOT NULL DEFAULT '[]';  -- linked by a web page that came instead
    CREATE TABLE filtered (
        entry TEXT PRIMARY KEY,
        asked TEXT NOT NULL,                         -- hash of the entry and the filters
        answer TEXT                                  -- the entry as the filters returned it; NULL if they dropped it
    ) WITHOUT ROWID;
    """,
    """
    ALTER TABLE story ADD COLUMN read_by INTEGER;    -- version of dedupe's reading; NULL while there is none
    CREATE TABLE reading (
        story TEXT PRIMARY KEY REFERENCES story (id) ON DELETE CASCADE,
        digest TEXT NOT NULL,                        -- of the data
        data BLOB NOT NULL,
        recalled TEXT,                               -- JSON: published stories that it may be a copy of
        recalled_from INTEGER                        -- extent of the archive when it was searched for them
    );
    CREATE TABLE done (                              -- the last inputs of a stage, so that it need not run again
        stage TEXT PRIMARY KEY, inputs TEXT NOT NULL, counts TEXT NOT NULL
    ) WITHOUT ROWID;
    -- The index of published stories that a new one may be a copy of, by bands of MinHash and by hashes of the whole.
    CREATE TABLE archived (doc INTEGER PRIMARY KEY AUTOINCREMENT, story TEXT NOT NULL UNIQUE, version INTEGER NOT NULL);
    CREATE TABLE band (h INTEGER NOT NULL, doc INTEGER NOT NULL, PRIMARY KEY (h, doc)) WITHOUT ROWID;
    CREATE TABLE exact (h INTEGER NOT NULL, doc INTEGER NOT NULL, PRIMARY KEY (h, doc)) WITHOUT ROWID;
    """,
    """
    -- The index that dedupe compares the window's stories by: part 0 is its state, the others are written once.
    CREATE TABLE compared (part INTEGER PRIMARY KEY, data BLOB NOT NULL);
    -- Features are computed again: the short columns, often read, come before the data, which is long.
    ALTER TABLE story DROP COLUMN read_by;
    DROP TABLE reading;
    CREATE TABLE reading (
        story TEXT PRIMARY KEY REFERENCES story (id) ON DELETE CASCADE,
        version INTEGER NOT NULL,                    -- of the program and the alias file that made it
        digest TEXT NOT NULL,                        -- of the data
        recalled TEXT,                               -- JSON: published stories that it may be a copy of
        recalled_from INTEGER,                       -- extent of the archive when it was searched for them
        data BLOB NOT NULL
    );
    DELETE FROM done;
    """,
    """
    -- The program's word for a position in an edition with the story that fills it is slot.
    ALTER TABLE place RENAME TO slot;
    DROP INDEX place_by_story;
    CREATE INDEX slot_by_story ON slot (story);
    """,
    """
    -- Sentence vectors that a service has made, by the model and the hash of the text: 8-bit integers.
    CREATE TABLE vector (
        model TEXT NOT NULL, text TEXT NOT NULL, data BLOB NOT NULL,
        PRIMARY KEY (model, text)
    ) WITHOUT ROWID;
    -- Stories are compared by other features, so all are compared again.
    DELETE FROM compared;
    DELETE FROM done;
    """,
    """
    -- What select proposed for an issue without the editor's decisions, with the stories that are in the issue instead;
    -- and all events that it chose from. Both stay when the stories are pruned.
    CREATE TABLE proposal (
        issue TEXT NOT NULL REFERENCES issue (key), edition TEXT NOT NULL, position INTEGER NOT NULL,
        record TEXT NOT NULL,
        model TEXT NOT NULL, vector BLOB NOT NULL,   -- of the title, as 8-bit integers; empty without a model
        PRIMARY KEY (issue, edition, position)
    ) WITHOUT ROWID;
    CREATE TABLE ranked (
        issue TEXT PRIMARY KEY REFERENCES issue (key),
        events BLOB NOT NULL                         -- zlib of a JSON list
    ) WITHOUT ROWID;
    """,
    """
    -- A judge's grades of stories, by a hash of the story's text, the letter's description and the judge's name.
    CREATE TABLE grade (key TEXT PRIMARY KEY, grade INTEGER) WITHOUT ROWID;
    -- The notes of the last select on an edition: why it has no issue, or a short one, and which caps gave way.
    CREATE TABLE note (
        issue TEXT NOT NULL, edition TEXT NOT NULL, number INTEGER NOT NULL, text TEXT NOT NULL,
        PRIMARY KEY (issue, edition, number)
    ) WITHOUT ROWID;
    """,
    """
    -- The stories that editors added to an issue: they are its candidates whatever their date.
    CREATE TABLE added (issue TEXT NOT NULL, story TEXT NOT NULL, PRIMARY KEY (issue, story)) WITHOUT ROWID;
    """,
    """
    -- The pages that a story goes on on, by the addresses that its first page links them with.
    CREATE TABLE later_page (
        entry TEXT NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
        url TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'wanted',        -- wanted, kept, failed
        tries INTEGER NOT NULL DEFAULT 0,
        response INTEGER REFERENCES response (id),
        UNIQUE (entry, url)
    );
    CREATE INDEX later_page_wanted ON later_page (state) WHERE state = 'wanted';
    CREATE INDEX later_page_response ON later_page (response) WHERE response IS NOT NULL;
    """,
    """
    -- Sources with new stories since their boilerplate was learned, so that a run completes what a kill interrupts.
    CREATE TABLE unlearned (source TEXT PRIMARY KEY) WITHOUT ROWID;
    """,
    """
    -- What writers answered, by a hash of the writer and of the exact request.
    CREATE TABLE draft (
        key TEXT PRIMARY KEY,
        story TEXT NOT NULL, language TEXT NOT NULL, -- that it was translated into
        writer TEXT NOT NULL,
        sentences TEXT NOT NULL, answer TEXT NOT NULL,  -- JSON lists of equal length
        asked_at TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX draft_by_story ON draft (story);
    """,
    """
    -- What writers answered, by a hash of the writer and of the exact request. Answers that were kept before have
    -- neither their unread text nor a verdict, so they are asked for again.
    DROP TABLE draft;
    CREATE TABLE draft (
        key TEXT PRIMARY KEY,
        story TEXT NOT NULL, task TEXT NOT NULL, language TEXT NOT NULL, -- of the answer
        writer TEXT NOT NULL, sentences TEXT NOT NULL,                   -- JSON: as they were sent, the title first
        answer TEXT NOT NULL,                                            -- JSON: WriterAnswer
        asked_at TEXT NOT NULL,
        checker TEXT NOT NULL, verdict TEXT NOT NULL                     -- its version, and JSON: Verdict
    ) WITHOUT ROWID;
    CREATE INDEX draft_by_story ON draft (story);
    """,
    """
    -- What publishers have of each edition. A row is written before the first request, so that what a kill interrupts
    -- is found again.
    CREATE TABLE publication (
        issue TEXT NOT NULL, edition TEXT NOT NULL, publisher TEXT NOT NULL,
        state TEXT NOT NULL,                         -- started, draft, scheduled, sent
        remote TEXT NOT NULL, version TEXT NOT NULL, -- the draft's id and its version as we left it; empty at first
        address TEXT NOT NULL,
        digest TEXT NOT NULL,                        -- of what was handed over
        pictures TEXT NOT NULL,                      -- JSON: hash of an uploaded picture → its address
        changed_at TEXT NOT NULL,
        PRIMARY KEY (issue, edition, publisher)
    ) WITHOUT ROWID;
    """,
    """
    -- How often readers clicked each link of an issue, as a publisher or a file (the origin) tells.
    CREATE TABLE result (
        issue TEXT NOT NULL, edition TEXT NOT NULL, origin TEXT NOT NULL, url TEXT NOT NULL,
        story TEXT NOT NULL,                         -- its id; empty for a link of no story
        clicks INTEGER NOT NULL, read_at TEXT NOT NULL,
        PRIMARY KEY (issue, edition, origin, url)
    ) WITHOUT ROWID;
    """,
)
