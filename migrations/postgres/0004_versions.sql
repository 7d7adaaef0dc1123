-- Versions side by side, while servers that share the database are upgraded one by one.

-- A version that does not know a migration may use the tables after it, if the migration says so.
alter table migration
    add column oldest  bigint, -- the lowest schema whose versions may; null: this one's alone
    add column version text not null default ''; -- of Ringdown, which made it

-- After this nobody waits for a reply, and the order is given out no more; null: an older version asked.
alter table node_order add column until timestamptz;

-- It is about to go, and begins nothing that one node does for all.
alter table node add column retired boolean not null default false;
