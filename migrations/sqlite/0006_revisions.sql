-- Changes of what is replaced whole are counted, so that one which was made of an older state is told apart. The file counts
-- them itself: whichever version writes a row, its revision rises. Flows count their own, in the table revision.

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
