-- What of a notice waits for an officer, beside its state: an office's queues are read by it.

ALTER TABLE notices ADD COLUMN drafts BOOLEAN NOT NULL DEFAULT FALSE;     -- a letter waits for approval
ALTER TABLE notices ADD COLUMN asked_time BOOLEAN NOT NULL DEFAULT FALSE; -- a request for more time waits for an answer

-- The two engines write a body with and without a blank behind a colon.
UPDATE notices SET drafts = TRUE WHERE ended_at IS NULL AND (CAST(body AS TEXT) LIKE '%"status":"drafted"%'
    OR CAST(body AS TEXT) LIKE '%"status": "drafted"%');
UPDATE notices SET asked_time = TRUE WHERE ended_at IS NULL AND (
    CAST(body AS TEXT) LIKE '%"kind":"extension"%' AND CAST(body AS TEXT) LIKE '%"answer":null%'
    OR CAST(body AS TEXT) LIKE '%"kind": "extension"%' AND CAST(body AS TEXT) LIKE '%"answer": null%');

ALTER TABLE cases ADD COLUMN proposed_by TEXT;                        -- who proposed what waits for a second person
ALTER TABLE cases ADD COLUMN consulted BOOLEAN NOT NULL DEFAULT FALSE; -- a consultation is on record (art. 20)
UPDATE cases SET consulted = TRUE WHERE CAST(body AS TEXT) LIKE '%"consultations"%';
