-- Recordings of calls. Their audio is in files next to the database.
create table recording (
    key           integer primary key,
    id            blob    not null unique,
    customer_id   blob    not null,
    activeflow_id blob    not null,
    call_id       blob    not null,
    status        integer not null,
    tm_create     integer not null,
    tm_delete     integer,
    body          blob    not null
) strict;

create index recording_created on recording (customer_id, tm_create, id) where tm_delete is null;
create index recording_status on recording (customer_id, status, tm_create, id) where tm_delete is null;
create index recording_activeflow on recording (activeflow_id);
create index recording_call on recording (call_id);
