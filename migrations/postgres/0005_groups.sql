-- A group of commits is one statement, which refuses itself.

-- Undoes the statement that asks, and says why: which rows of which of its parts were not written.
create function refuse(why text) returns bigint language plpgsql volatile as $$
begin
    raise exception 'refused' using errcode = 'RD001', detail = why;
end $$;

-- Of the last group: where it stands in the log is known from here when its answer was lost. Null: an older version wrote it.
alter table writer add column epoch bigint;
