-- Changes of what is replaced whole are counted, so that one which was made of an older state is told apart. The database counts
-- them itself: whichever version of a server writes a row, its revision rises. Flows count their own, in the table revision.

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
