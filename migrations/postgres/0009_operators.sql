-- When access keys were last used, to about a minute. Apart from the keys, so that a use neither changes a key's revision nor
-- rewrites its row.
create table key_use (
    id          uuid   primary key,
    tm_last_use bigint not null
);

-- Work for customers that operators have suspended or deleted.
create table customer_task (
    customer_id uuid   primary key,
    task        bigint not null -- 1 stop what runs, 2 delete all data
);

create index customer_created on customer (tm_create, id);
