-- Counts changes of rows that are replaced whole, to detect a change that was based on an older state. The file counts:
-- whichever version writes a row, its revision rises. Flows have their own count, in the table revision.

alter table customer add column revision integer not null default 1;
alter table access_key add column revision integer not null default 1;
alter table number add column revision integer not null default 1;

create trigger customer_revision after update of name, body on customer begin
    update customer set revision = old.revision + 1 where key = old.key;
end;

create trigger access_key_revision after update of body on access_key begin
    update access_key set revision = old.revision + 1 where key = old.key;
end;

create trigger number_revision after update of body on number begin
    update number set revision = old.revision + 1 where key = old.key;
end;
