-- The carriers that calls go to and come from. `sealed` is the password, sealed (src/seal/).
create table provider (
    key       integer primary key,
    id        blob    not null unique,
    revision  integer not null,
    tm_create integer not null,
    tm_delete integer,
    body      blob    not null,
    sealed    blob
) strict;

create index provider_created on provider (tm_create, id) where tm_delete is null;

-- Which calls go to which provider.
create table route (
    key         integer primary key,
    id          blob    not null unique,
    customer_id blob    not null,
    revision    integer not null,
    tm_create   integer not null,
    tm_delete   integer,
    body        blob    not null
) strict;

create index route_created on route (tm_create, id) where tm_delete is null;
create index route_customer on route (customer_id, tm_create, id);

-- Seconds of outgoing calls through providers.
alter table usage add column call_seconds integer not null default 0;
