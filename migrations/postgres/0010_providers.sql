-- The carriers that calls go to and come from. `sealed` is the password, sealed (src/seal/).
create table provider (
    key       bigint generated always as identity primary key,
    id        uuid   not null unique,
    revision  bigint not null,
    tm_create bigint not null,
    tm_delete bigint,
    body      bytea  not null,
    sealed    bytea
);

create index provider_created on provider (tm_create, id) where tm_delete is null;

-- Which calls go to which provider.
create table route (
    key         bigint generated always as identity primary key,
    id          uuid   not null unique,
    customer_id uuid   not null,
    revision    bigint not null,
    tm_create   bigint not null,
    tm_delete   bigint,
    body        bytea  not null
);

create index route_created on route (tm_create, id) where tm_delete is null;
create index route_customer on route (customer_id, tm_create, id);

-- Seconds of outgoing calls through providers.
alter table usage add column call_seconds bigint not null default 0;
