-- Different versions one after another, an older one after a newer one too.

-- The migrations from this one on. A version that does not know a migration may use the tables after it if the
-- migration permits it.
create table migration (
    number  integer primary key,
    oldest  integer not null, -- the lowest schema whose versions may
    version text    not null  -- of Ringdown, which made it
) strict;
