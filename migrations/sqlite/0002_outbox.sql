-- The outbox: deliveries to send after the commit that requests them. Also messages, and the numbers that lead to
-- flows.

-- Webhooks, messages and mail to send. A lane is a partition of the outbox: the deliveries to one receiver, which are tried
-- together. So a receiver that does not respond delays only its own deliveries. The indexes of pending work do not cover
-- finished work.
create table outgoing (
    key           integer primary key autoincrement,
    id            blob    not null unique,
    customer_id   blob    not null,
    activeflow_id blob,             -- null where none asked for it
    kind          integer not null,
    lane          integer not null,
    state         integer not null, -- 1 waiting, 2 started, 3 delivered, 4 dead
    attempts      integer not null,
    due           integer not null,
    since         integer not null, -- when its trying began: its creation, or its redelivery
    status        integer not null, -- what the receiver answered last; 0: nothing
    error         text    not null,
    tm_create     integer not null,
    tm_update     integer,
    body          blob    not null
) strict;

create index outgoing_lane on outgoing (lane, due, key) where state = 1;
create index outgoing_due on outgoing (due) where state = 1;
create index outgoing_started on outgoing (key) where state = 2;
create index outgoing_created on outgoing (customer_id, tm_create, id);
create index outgoing_activeflow on outgoing (activeflow_id) where activeflow_id is not null;
create index outgoing_state on outgoing (customer_id, state, tm_create, id) where state <> 3;

create table message (
    key         integer primary key autoincrement,
    id          blob    not null unique,
    customer_id blob    not null,
    direction   integer not null,
    status      integer not null,
    tm_create   integer not null,
    tm_delete   integer,
    body        blob    not null
) strict;

create index message_created on message (customer_id, tm_create, id) where tm_delete is null;

create table number (
    key         integer primary key,
    id          blob    not null unique,
    customer_id blob    not null,
    number      text    not null,
    tm_create   integer not null,
    tm_delete   integer,
    body        blob    not null
) strict;

-- An incoming call or message leads to one customer.
create unique index number_number on number (number) where tm_delete is null;
create index number_created on number (customer_id, tm_create, id) where tm_delete is null;

-- Settings such as the webhook of the customer's events. Empty: nothing is set.
alter table customer add column body blob not null default x'';
