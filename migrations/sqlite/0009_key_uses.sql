-- When access keys were last used, to about a minute. Apart from the keys, so that a use neither changes a key's revision nor
-- rewrites its row.
create table key_use (
    id          blob    primary key,
    tm_last_use integer not null
) strict, without rowid;
