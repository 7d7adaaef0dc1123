-- A group of commits is one statement, which rolls itself back if a row is refused.

-- Rolls back the calling statement and reports which rows of which of its sections were not written.
create function refuse(why text) returns bigint language plpgsql volatile as $$
begin
    raise exception 'refused' using errcode = 'RD001', detail = why;
end $$;

-- The epoch of the last group in the log, for a writer whose response was lost. Null: written by an older version.
alter table writer add column epoch bigint;
