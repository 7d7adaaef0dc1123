-- Versions side by side, while servers that share the database are upgraded one by one.

-- A version that does not know a migration may use the tables after it, if the migration says so.
alter table migration
    add column oldest  bigint, -- the lowest schema whose versions may; null: this one's alone
    add column version text not null default ''; -- of Ringdown, which made it
