-- Ids are UUIDs as 16-byte blobs, looked up through one unique index each; rows refer to each other by small integer
-- keys where they are hot. Times are microseconds since 1970-01-01T00:00:00Z.
--
-- The cost of a durable transition is the pages that it dirties. So no index covers a column that changes on every
-- step: the partial indexes leave deleted rows out, and change only when a run starts and ends.

-- Facts about this file.
create table meta (
    name  text primary key,
    value blob not null
) strict, without rowid;

-- Settings of the server.
create table setting (
    name  text primary key,
    value blob not null
) strict, without rowid;

create table customer (
    key       integer primary key,
    id        blob    not null unique,
    name      text    not null,
    tm_create integer not null
) strict;

create table access_key (
    key         integer primary key,
    id          blob    not null unique,
    customer_id blob    not null,
    hash        blob    not null unique,
    tm_create   integer not null,
    tm_delete   integer,
    body        blob    not null
) strict;

create index access_key_created on access_key (customer_id, tm_create, id) where tm_delete is null;

create table flow (
    key         integer primary key,
    id          blob    not null unique,
    customer_id blob    not null,
    listed      integer not null,
    tm_create   integer not null,
    tm_delete   integer,
    body        blob    not null
) strict;

create index flow_created on flow (customer_id, tm_create, id) where listed = 1 and tm_delete is null;

create table revision (
    key       integer primary key,
    id        blob    not null unique,
    flow_id   blob    not null,
    number    integer not null,
    tm_create integer not null,
    body      blob    not null
) strict;

-- Two concurrent changes of a flow cannot both create its next revision.
create unique index revision_number on revision (flow_id, number) where number > 0;

-- The state is the last column, so that the columns before it are read without it.
create table run (
    key            integer primary key autoincrement,
    id             blob    not null unique,
    customer_id    blob    not null,
    flow_id        blob    not null,
    status         integer not null,
    reference_type integer not null,
    reference_id   blob,             -- null when the run was started by the API
    revision       integer not null,
    working        integer not null,
    due            integer,
    last           integer not null, -- the run's newest row in the log
    tm_create      integer not null,
    tm_delete      integer,
    state          blob    not null
) strict;

create index run_working on run (key) where working > 0;
create index run_customer on run (customer_id) where tm_delete is null;
create index run_created on run (customer_id, tm_create, id) where tm_delete is null;
create index run_status on run (customer_id, status, tm_create, id) where tm_delete is null;
create index run_flow on run (customer_id, flow_id, tm_create, id) where tm_delete is null;
create index run_reference on run (reference_id) where reference_id is not null;

-- Variables too large to be written with every state.
create table variables (
    run  integer primary key,
    body blob not null
) strict;

create table call (
    key         integer primary key autoincrement,
    id          blob    not null unique,
    customer_id blob    not null,
    flow_id     blob    not null,
    activeflow_id blob not null,
    status      integer not null,
    direction   integer not null,
    tm_create   integer not null,
    tm_delete   integer,
    body        blob    not null
) strict;

create index call_customer on call (customer_id) where tm_delete is null;
create index call_created on call (customer_id, tm_create, id) where tm_delete is null;
create index call_status on call (customer_id, status, tm_create, id) where tm_delete is null;
create index call_flow on call (customer_id, flow_id, tm_create, id) where tm_delete is null;
create index call_activeflow on call (activeflow_id);

-- The key is the commit order and the position of watchers: never reused, even when old rows are deleted. A row links
-- to the previous one of the same run; an index by run would dirty a second page with every transition.
create table log (
    position integer primary key autoincrement,
    run      integer not null,
    previous integer,
    record   blob    not null
) strict;

create table answer (
    key         integer primary key,
    customer_id blob    not null,
    rpc         text    not null,
    name        text    not null, -- the caller's idempotency key
    request     blob    not null,
    response    blob    not null,
    tm_create   integer not null
) strict;

create unique index answer_name on answer (customer_id, name, rpc);
create index answer_created on answer (tm_create);

-- Scripts of simulated numbers.
create table callee (
    customer_id blob not null,
    number      text not null,
    script      blob not null,
    primary key (customer_id, number)
) strict;
