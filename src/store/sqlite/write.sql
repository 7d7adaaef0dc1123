-- How a group of commits is written. The writer's connection has a temporary view for each kind of row. The trigger of
-- the view compares a row that is inserted into it with the stored one and then writes it. Nothing of this is stored in
-- the file.
--
-- `item` numbers the rows of a group from 1; it is null in rows that pad a statement. A row that must not be written is
-- noted in `refused`. A group ends with a row whose item is 0. The last step of each trigger, which `group.rs` adds,
-- then rolls the transaction back if a row was refused, and reports all of them. So nobody reads the rows before the
-- group is complete, and it does not matter what a trigger does after it refused a row.
--
-- Every view exists twice. Noting a row costs a transaction of the temporary database. So a group is written first
-- through variants of the views whose triggers roll back at the first refused row (`group.rs` derives them from these),
-- and through these views only after a refusal.
--
-- SQLite does not touch an index whose columns an update does not set. That is why a row may take several updates.

create temp table refused (item integer not null);

create temp view put_answer (item, customer_id, rpc, name, request, response, tm_create, kept_since)
    as values (0, 0, 0, 0, 0, 0, 0, 0);
create temp trigger put_answer instead of insert on put_answer begin
    insert into refused select new.item from answer
        where customer_id = new.customer_id and name = new.name and rpc = new.rpc and tm_create >= new.kept_since;
    insert into answer (customer_id, rpc, name, request, response, tm_create)
        select new.customer_id, new.rpc, new.name, new.request, new.response, new.tm_create where new.item > 0
        on conflict (customer_id, name, rpc) do update
        set request = excluded.request, response = excluded.response, tm_create = excluded.tm_create;
end;

create temp view put_flow (item, id, customer_id, listed, tm_create, tm_delete, body) as values (0, 0, 0, 0, 0, 0, 0);
create temp trigger put_flow instead of insert on put_flow begin
    insert into refused select new.item from flow
        where id = new.id and (customer_id <> new.customer_id or (tm_delete is not null and new.tm_delete is null));
    insert into flow (id, customer_id, listed, tm_create, tm_delete, body)
        select new.id, new.customer_id, new.listed, new.tm_create, new.tm_delete, new.body where new.item > 0
        on conflict (id) do update set listed = excluded.listed, tm_create = excluded.tm_create,
            tm_delete = excluded.tm_delete, body = excluded.body;
end;

create temp view put_revision (item, id, flow_id, number, tm_create, body) as values (0, 0, 0, 0, 0, 0);
create temp trigger put_revision instead of insert on put_revision begin
    insert into revision (id, flow_id, number, tm_create, body)
        select new.id, new.flow_id, new.number, new.tm_create, new.body where new.item > 0
        on conflict do nothing;
    insert into refused select new.item where changes() = 0 and new.item > 0;
end;

-- `revision` is the revision at which the row was read, 0 for a new row. The revision of an existing row rises by
-- itself: a trigger in the file counts its changes.
create temp view put_access_key (item, id, customer_id, hash, revision, tm_create, tm_delete, body)
    as values (0, 0, 0, 0, 0, 0, 0, 0);
create temp trigger put_access_key instead of insert on put_access_key begin
    insert into refused select new.item from access_key
        where id = new.id and (customer_id <> new.customer_id or revision <> new.revision
            or (tm_delete is not null and new.tm_delete is null));
    insert into access_key (id, customer_id, hash, revision, tm_create, tm_delete, body)
        select new.id, new.customer_id, new.hash, new.revision + 1, new.tm_create, new.tm_delete, new.body
        where new.item > 0
        on conflict (id) do update set hash = excluded.hash, tm_create = excluded.tm_create,
            tm_delete = excluded.tm_delete, body = excluded.body;
end;

create temp view put_customer (item, id, name, revision, tm_create, body) as values (0, 0, 0, 0, 0, 0);
create temp trigger put_customer instead of insert on put_customer begin
    insert into refused select new.item from customer where id = new.id and new.revision = 0 and new.item > 0;
    insert into customer (id, name, tm_create, body)
        select new.id, new.name, new.tm_create, new.body where new.revision = 0 and new.item > 0
        on conflict (id) do nothing;
    update customer set name = new.name, body = new.body
        where id = new.id and revision = new.revision and new.revision > 0;
    insert into refused select new.item where changes() = 0 and new.revision > 0 and new.item > 0;
end;

-- A number is unique among the numbers that are not deleted.
create temp view put_number (item, id, customer_id, number, revision, tm_create, tm_delete, body)
    as values (0, 0, 0, 0, 0, 0, 0, 0);
create temp trigger put_number instead of insert on put_number begin
    insert into refused select new.item from number
        where id = new.id and (customer_id <> new.customer_id or revision <> new.revision
            or (tm_delete is not null and new.tm_delete is null));
    insert into refused select new.item from number
        where number = new.number and tm_delete is null and id <> new.id and new.tm_delete is null;
    insert into number (id, customer_id, number, revision, tm_create, tm_delete, body)
        select new.id, new.customer_id, new.number, new.revision + 1, new.tm_create, new.tm_delete, new.body
        where new.item > 0 and not exists (select 1 from refused where item = new.item)
        on conflict (id) do update set number = excluded.number, tm_create = excluded.tm_create,
            tm_delete = excluded.tm_delete, body = excluded.body;
end;

create temp view put_provider (item, id, revision, tm_create, tm_delete, body, sealed) as values (0, 0, 0, 0, 0, 0, 0);
create temp trigger put_provider instead of insert on put_provider begin
    insert into refused select new.item from provider
        where id = new.id and (revision <> new.revision or (tm_delete is not null and new.tm_delete is null));
    insert into provider (id, revision, tm_create, tm_delete, body, sealed)
        select new.id, new.revision + 1, new.tm_create, new.tm_delete, new.body, new.sealed where new.item > 0
        on conflict (id) do update set revision = excluded.revision, tm_delete = excluded.tm_delete,
            body = excluded.body, sealed = excluded.sealed;
end;

create temp view put_route (item, id, customer_id, revision, tm_create, tm_delete, body)
    as values (0, 0, 0, 0, 0, 0, 0);
create temp trigger put_route instead of insert on put_route begin
    insert into refused select new.item from route
        where id = new.id and (customer_id <> new.customer_id or revision <> new.revision
            or (tm_delete is not null and new.tm_delete is null));
    insert into route (id, customer_id, revision, tm_create, tm_delete, body)
        select new.id, new.customer_id, new.revision + 1, new.tm_create, new.tm_delete, new.body where new.item > 0
        on conflict (id) do update set revision = excluded.revision, tm_delete = excluded.tm_delete,
            body = excluded.body;
end;

-- A message that its owner deleted stays deleted, whatever the network reports afterwards.
create temp view put_message (item, id, customer_id, direction, status, tm_create, tm_delete, body)
    as values (0, 0, 0, 0, 0, 0, 0, 0);
create temp trigger put_message instead of insert on put_message begin
    insert into refused select new.item from message where id = new.id and customer_id <> new.customer_id;
    insert into message (id, customer_id, direction, status, tm_create, tm_delete, body)
        select new.id, new.customer_id, new.direction, new.status, new.tm_create, new.tm_delete, new.body
        where new.item > 0
        on conflict (id) do update set direction = excluded.direction, status = excluded.status,
            tm_create = excluded.tm_create, tm_delete = ifnull(tm_delete, excluded.tm_delete), body = excluded.body;
end;

create temp view settle_outgoing (item, key, expected, state, attempts, due, since, status, error, tm_update)
    as values (0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
create temp trigger settle_outgoing instead of insert on settle_outgoing begin
    update outgoing set state = new.state, attempts = new.attempts, due = new.due, since = new.since,
        status = new.status, error = new.error, tm_update = new.tm_update
        where key = new.key and state = new.expected;
    insert into refused select new.item where changes() = 0 and new.item > 0;
end;

-- A recording keeps its customer, its activeflow and its call.
create temp view put_recording (item, id, customer_id, activeflow_id, call_id, status, tm_create, tm_delete, body)
    as values (0, 0, 0, 0, 0, 0, 0, 0, 0);
create temp trigger put_recording instead of insert on put_recording begin
    insert into refused select new.item from recording where id = new.id and customer_id <> new.customer_id;
    insert into recording (id, customer_id, activeflow_id, call_id, status, tm_create, tm_delete, body)
        select new.id, new.customer_id, new.activeflow_id, new.call_id, new.status, new.tm_create, new.tm_delete,
            new.body where new.item > 0
        on conflict (id) do update
        set status = excluded.status, tm_delete = excluded.tm_delete, body = excluded.body;
end;

create temp view insert_outgoing (item, id, customer_id, activeflow_id, kind, lane, due, tm_create, body)
    as values (0, 0, 0, 0, 0, 0, 0, 0, 0);
create temp trigger insert_outgoing instead of insert on insert_outgoing begin
    insert into outgoing (id, customer_id, activeflow_id, kind, lane, state, attempts, due, since, status, error,
            tm_create, tm_update, body)
        select new.id, new.customer_id, new.activeflow_id, new.kind, new.lane, 1, 0, new.due, new.tm_create, 0, '',
            new.tm_create, null, new.body where new.item > 0
        on conflict (id) do nothing;
    insert into refused select new.item where changes() = 0 and new.item > 0;
end;

create temp view put_setting (item, name, value) as values (0, 0, 0);
create temp trigger put_setting instead of insert on put_setting begin
    insert into setting (name, value) select new.name, new.value where new.item > 0
        on conflict (name) do update set value = excluded.value;
end;

-- The writer numbers runs and log rows itself, since nobody else creates any. New and changed runs are one kind, so
-- that a group of both is one statement.
create temp view write_run (item, key, expected, position, id, customer_id, flow_id, status, reference_type, reference_id,
        revision, working, due, tm_create, tm_delete, state, record)
    as values (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
create temp trigger insert_run instead of insert on write_run when new.expected is null begin
    insert into run (key, id, customer_id, flow_id, status, reference_type, reference_id, revision, working, due, last,
            tm_create, tm_delete, state)
        select new.key, new.id, new.customer_id, new.flow_id, new.status, new.reference_type, new.reference_id,
            new.revision, new.working, new.due, new.position, new.tm_create, new.tm_delete, new.state
        where new.item > 0
        on conflict (id) do nothing;
    insert into refused select new.item where changes() = 0 and new.item > 0;
    insert into log (position, run, previous, record) select new.position, new.key, null, new.record
        where new.item > 0;
end;
create temp trigger change_run instead of insert on write_run when new.expected is not null begin
    insert into log (position, run, previous, record) select new.position, key, last, new.record from run
        where key = new.key and revision = new.expected;
    update run set revision = new.revision, due = new.due, last = new.position, state = new.state
        where key = new.key and revision = new.expected;
    insert into refused select new.item where changes() = 0 and new.item > 0;
    update run set working = new.working where key = new.key and working <> new.working;
    update run set status = new.status where key = new.key and status <> new.status;
    update run set tm_delete = new.tm_delete where key = new.key and tm_delete is not new.tm_delete;
end;

create temp view put_variables (item, run, body) as values (0, 0, 0);
create temp trigger put_variables instead of insert on put_variables begin
    delete from variables where run = new.run and length(new.body) = 0;
    insert into variables (run, body) select new.run, new.body where length(new.body) > 0
        on conflict (run) do update set body = excluded.body;
end;

create temp view put_call (item, id, customer_id, flow_id, activeflow_id, status, direction, tm_create, tm_delete, body)
    as values (0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
create temp trigger put_call instead of insert on put_call begin
    insert into refused select new.item from call where id = new.id and activeflow_id <> new.activeflow_id;
    insert into call (id, customer_id, flow_id, activeflow_id, status, direction, tm_create, tm_delete, body)
        select new.id, new.customer_id, new.flow_id, new.activeflow_id, new.status, new.direction, new.tm_create,
            new.tm_delete, new.body where new.item > 0
        on conflict (id) do update set body = excluded.body;
    update call set status = new.status where id = new.id and status <> new.status;
    update call set tm_delete = new.tm_delete where id = new.id and tm_delete is not new.tm_delete;
end;
