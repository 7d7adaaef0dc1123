-- When access keys were last used, to about a minute. Apart from the keys, so that a use neither changes a key's revision nor
-- rewrites its row.
create table key_use (
    id          blob    primary key,
    tm_last_use integer not null
) strict, without rowid;

-- Work for customers that operators have suspended or deleted.
create table customer_task (
    customer_id blob    primary key,
    task        integer not null -- 1 stop what runs, 2 delete all data
) strict, without rowid;

create index customer_created on customer (tm_create, id);
