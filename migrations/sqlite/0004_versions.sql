-- Versions one after another, the older one after the newer one too.

-- The migrations from this one on. A version that does not know one may use the tables after it, if the migration says so.
create table migration (
    number  integer primary key,
    oldest  integer not null, -- the lowest schema whose versions may
    version text    not null  -- of Ringdown, which made it
) strict;
