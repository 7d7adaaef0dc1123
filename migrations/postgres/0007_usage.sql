-- What customers use each day, for their daily budgets. `day` counts from 1970-01-01 (UTC).
create table usage (
    customer_id     uuid    not null,
    day             integer not null,
    history_bytes   bigint  not null,
    recording_bytes bigint  not null,
    messages        bigint  not null,
    mails           bigint  not null,
    requests        bigint  not null,
    primary key (customer_id, day)
);

create index usage_day on usage (day);
