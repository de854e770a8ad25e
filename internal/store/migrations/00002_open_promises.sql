-- +goose Up
-- What somebody still owes is few rows among all that was ever promised.
CREATE INDEX promises_open ON promises (person, due_at) WHERE outcome = '';

-- +goose Down
DROP INDEX promises_open;
