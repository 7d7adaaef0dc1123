-- Different versions side by side, while servers that share the database are upgraded one by one.

-- A version that does not know a migration may use the tables after it if the migration permits it.
alter table migration
    add column oldest  bigint, -- the lowest schema whose versions may; null: this one's alone
    add column version text not null default ''; -- of Ringdown, which made it

-- When the sender stops waiting for a reply; the command is not handed out any more. Null: sent by an older version.
alter table node_order add column until timestamptz;

-- The node is about to leave, and begins no leader task.
alter table node add column retired boolean not null default false;
