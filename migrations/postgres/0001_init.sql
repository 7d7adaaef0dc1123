-- All tables are in a separate schema. Rows refer to each other by bigint keys where they are hot; ids are looked up
-- through one unique index each. Times are microseconds since 1970-01-01T00:00:00Z.
--
-- No index covers a column that changes on every step, and the table run leaves space on its pages. So the new version
-- of a row is stored on the same page as the old one and touches no index (a heap-only tuple).

-- Facts about this database.
create table meta (
    name  text  primary key,
    value bytea not null
);

-- Positions of the log begin with the number of the transaction that wrote them, plus this base. The base grows when
-- the database moves to a cluster whose transaction numbers are lower.
create table epoch_base (
    only_one boolean primary key default true check (only_one),
    base     bigint  not null
);

insert into epoch_base (base) values (0);

-- The epoch of the calling transaction. The call assigns it a number.
create function epoch() returns bigint language sql volatile
    as 'select pg_current_xact_id()::text::bigint + base from epoch_base';

-- Every transaction with an epoch below this has ended, and the calling statement sees what it wrote.
create function horizon() returns bigint language sql stable
    as 'select pg_snapshot_xmin(pg_current_snapshot())::text::bigint + base from epoch_base';

-- The last group that each writer committed, written in the same transaction. After a lost connection it shows whether
-- the group was committed. Reading a row for update waits until the transaction that is changing it has ended.
create table writer (
    id     uuid        primary key,
    number bigint      not null,
    at     timestamptz not null
) with (fillfactor = 20);

-- Servers that share the database, one row for each incarnation. A lease ends by this database's clock unless it is
-- renewed; then other servers declare the node dead and take over what it owns.
create table node (
    id    bigint      generated always as identity primary key,
    name  text        not null,
    lease timestamptz not null,
    since timestamptz not null default clock_timestamp(), -- it has held without a gap
    gone  timestamptz -- when it was given up
) with (fillfactor = 20);

-- Commands that one node forwards to another, and the replies.
create table node_order (
    id      bigint      generated always as identity primary key,
    node    bigint      not null, -- who is asked
    request bytea       not null,
    taken   boolean     not null default false,
    reply   bytea,
    at      timestamptz not null default now()
);

create index node_order_new on node_order (node, id) where not taken;

-- Settings of the server.
create table setting (
    name  text  primary key,
    value bytea not null
);

create table customer (
    key       bigint generated always as identity primary key,
    id        uuid   not null unique,
    name      text   not null,
    tm_create bigint not null
);

create table access_key (
    key         bigint generated always as identity primary key,
    id          uuid   not null unique,
    customer_id uuid   not null,
    hash        bytea  not null unique,
    tm_create   bigint not null,
    tm_delete   bigint,
    body        bytea  not null
);

create index access_key_created on access_key (customer_id, tm_create, id) where tm_delete is null;

create table flow (
    key         bigint  generated always as identity primary key,
    id          uuid    not null unique,
    customer_id uuid    not null,
    listed      boolean not null,
    tm_create   bigint  not null,
    tm_delete   bigint,
    body        bytea   not null
);

create index flow_created on flow (customer_id, tm_create, id) where listed and tm_delete is null;

create table revision (
    key       bigint generated always as identity primary key,
    id        uuid   not null unique,
    flow_id   uuid   not null,
    number    bigint not null,
    tm_create bigint not null,
    body      bytea  not null
);

-- Two concurrent changes of a flow cannot both create its next revision.
create unique index revision_number on revision (flow_id, number) where number > 0;

create table run (
    key               bigint   generated always as identity primary key,
    last_epoch        bigint   not null, -- the run's newest row in the log
    last_sequence     bigint   not null,
    previous_epoch    bigint,            -- the one before it, which the next row of the log is linked to
    previous_sequence bigint,
    revision          bigint   not null,
    owner             bigint   not null, -- the node that alone may change it
    due               bigint,
    tm_create         bigint   not null,
    tm_delete         bigint,
    id                uuid     not null unique,
    customer_id       uuid     not null,
    flow_id           uuid     not null,
    reference_id      uuid,              -- null when the run was started by the API
    status            integer  not null,
    reference_type    integer  not null,
    working           integer  not null,
    taken             uuid,              -- the take-over that it came to its owner by
    state             bytea    not null
) with (fillfactor = 50);

-- A state that is too large for its page is stored elsewhere without compression: it is written more often than read.
alter table run alter column state set storage external;

create index run_owner on run (owner, key) where working > 0;
create index run_customer on run (customer_id, key) where tm_delete is null;
create index run_created on run (customer_id, tm_create, id) where tm_delete is null;
create index run_status on run (customer_id, status, tm_create, id) where tm_delete is null;
create index run_flow on run (customer_id, flow_id, tm_create, id) where tm_delete is null;
create index run_reference on run (reference_id) where reference_id is not null;

-- Variables too large to be written with every state.
create table variables (
    run  bigint primary key,
    body bytea  not null
);

create table call (
    key           bigint  generated always as identity primary key,
    id            uuid    not null unique,
    customer_id   uuid    not null,
    flow_id       uuid    not null,
    activeflow_id uuid    not null,
    status        integer not null,
    direction     integer not null,
    tm_create     bigint  not null,
    tm_delete     bigint,
    body          bytea   not null
) with (fillfactor = 70);

create index call_customer on call (customer_id, key) where tm_delete is null;
create index call_created on call (customer_id, tm_create, id) where tm_delete is null;
create index call_status on call (customer_id, status, tm_create, id) where tm_delete is null;
create index call_flow on call (customer_id, flow_id, tm_create, id) where tm_delete is null;
create index call_activeflow on call (activeflow_id);

-- The key is the order that watchers see: the number of the transaction, and the number of the row within it. A row
-- links to the previous one of the same run; an index by run would cost every transition another page.
create table log (
    epoch             bigint not null,
    sequence          bigint not null,
    run               bigint not null,
    previous_epoch    bigint,
    previous_sequence bigint,
    record            bytea  not null,
    primary key (epoch, sequence)
);

alter table log alter column record set storage external;

-- The last row that was ever pruned: positions continue from there.
create table log_forgotten (
    only_one boolean primary key default true check (only_one),
    epoch    bigint  not null,
    sequence bigint  not null
);

create table answer (
    key         bigint generated always as identity primary key,
    customer_id uuid   not null,
    rpc         text   not null,
    name        text   not null, -- the caller's idempotency key
    request     bytea  not null,
    response    bytea  not null,
    tm_create   bigint not null
);

create unique index answer_name on answer (customer_id, name, rpc);
create index answer_created on answer (tm_create);

-- Scripts of simulated numbers.
create table callee (
    customer_id uuid  not null,
    number      text  not null,
    script      bytea not null,
    primary key (customer_id, number)
);
