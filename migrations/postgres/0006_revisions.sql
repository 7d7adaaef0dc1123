-- Counts changes of rows that are replaced whole, to detect a change that was based on an older state. The database
-- counts: whichever version of a server writes a row, its revision rises. Flows have their own count, in the table
-- revision.

create function next_revision() returns trigger language plpgsql as $$
begin
    new.revision = old.revision + 1;
    return new;
end $$;

alter table customer add column revision bigint not null default 1;
alter table access_key add column revision bigint not null default 1;
alter table number add column revision bigint not null default 1;

create trigger next_revision before update on customer for each row execute function next_revision();
create trigger next_revision before update on access_key for each row execute function next_revision();
create trigger next_revision before update on number for each row execute function next_revision();
