-- What customers use each day, for their daily budgets. `day` counts from 1970-01-01 (UTC).
create table usage (
    customer_id     blob    not null,
    day             integer not null,
    history_bytes   integer not null,
    recording_bytes integer not null,
    messages        integer not null,
    mails           integer not null,
    requests        integer not null,
    primary key (customer_id, day)
) strict, without rowid;

create index usage_day on usage (day);
