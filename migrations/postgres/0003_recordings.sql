-- Recordings of calls. Their audio is in files of the server.
create table recording (
    key           bigint  generated always as identity primary key,
    id            uuid    not null unique,
    customer_id   uuid    not null,
    activeflow_id uuid    not null,
    call_id       uuid    not null,
    status        integer not null,
    tm_create     bigint  not null,
    tm_delete     bigint,
    body          bytea   not null
);

create index recording_created on recording (customer_id, tm_create, id) where tm_delete is null;
create index recording_status on recording (customer_id, status, tm_create, id) where tm_delete is null;
create index recording_activeflow on recording (activeflow_id);
create index recording_call on recording (call_id);
