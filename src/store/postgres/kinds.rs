//! The kinds of rows in a group, and the text of the statement that writes them.
//!
//! A group is one statement with one or two common table expressions for each kind of row. All of them see the rows as
//! they were before the statement, so no two of them write the same row, and values pass from one to another by
//! RETURNING. The statement is its own transaction. Its last part checks that every row was written and otherwise rolls
//! everything back.

use crate::store::ANSWERS_KEPT;

/// A kind of row. `flows_w` holds the rows to write, `flows` the ordinals of those that were written.
pub(super) struct Kind {
    /// The kind's number, which a refusal contains.
    pub number: u32,
    name: &'static str,
    /// The columns before the ordinal.
    columns: &'static [(&'static str, &'static str)],
    writes: fn(&Kind) -> String,
    /// Whether a row can be refused.
    answers: bool,
}

const UUID: &str = "uuid";
const TEXT: &str = "text";
const BYTES: &str = "bytea";
const SMALL: &str = "integer";
const NUMBER: &str = "bigint";

pub(super) const ALIVE: Kind = Kind {
    number: 0,
    name: "alive",
    columns: &[],
    writes: |_| {
        "living as materialized (select from node where id = $3 and gone is null for share), \
         alive as (select ordinal from alive_w, living)"
            .to_owned()
    },
    answers: true,
};

pub(super) const ANSWERS: Kind = Kind {
    number: 1,
    name: "answers",
    columns: &[
        ("customer_id", UUID),
        ("rpc", TEXT),
        ("name", TEXT),
        ("request", BYTES),
        ("response", BYTES),
        ("tm_create", NUMBER),
    ],
    writes: |it| {
        it.insert(
            "answer",
            "customer_id, name, rpc",
            &format!(
                "on conflict (customer_id, name, rpc) do update \
                 set request = excluded.request, response = excluded.response, tm_create = excluded.tm_create \
                 where answer.tm_create < excluded.tm_create - {ANSWERS_KEPT}"
            ),
        )
    },
    answers: true,
};

pub(super) const FLOWS: Kind = Kind {
    number: 2,
    name: "flows",
    columns: &[
        ("id", UUID),
        ("customer_id", UUID),
        ("listed", "boolean"),
        ("tm_create", NUMBER),
        ("tm_delete", NUMBER),
        ("body", BYTES),
    ],
    writes: |it| it.upsert_alive("flow", &["listed", "tm_create", "tm_delete", "body"], ""),
    answers: true,
};

pub(super) const REVISIONS: Kind = Kind {
    number: 3,
    name: "revisions",
    columns: &[("id", UUID), ("flow_id", UUID), ("number", NUMBER), ("tm_create", NUMBER), ("body", BYTES)],
    writes: |it| it.insert("revision", "id", "on conflict do nothing"),
    answers: true,
};

pub(super) const ACCESS_KEYS: Kind = Kind {
    number: 4,
    name: "access_keys",
    columns: &[
        ("id", UUID),
        ("customer_id", UUID),
        ("hash", BYTES),
        ("revision", NUMBER),
        ("tm_create", NUMBER),
        ("tm_delete", NUMBER),
        ("body", BYTES),
    ],
    // `revision` is the value after the write: the one that a new row gets, or that a change leads to. A trigger in the
    // database increments the revision of a changed row.
    writes: |it| {
        let stands = " and access_key.revision = excluded.revision - 1";
        it.upsert_alive("access_key", &["hash", "tm_create", "tm_delete", "body"], stands)
    },
    answers: true,
};

pub(super) const CUSTOMERS: Kind = Kind {
    number: 5,
    name: "customers",
    columns: &[("id", UUID), ("name", TEXT), ("revision", NUMBER), ("tm_create", NUMBER), ("body", BYTES)],
    writes: |_| {
        "customers_i as (insert into customer (id, name, tm_create, body) \
           select id, name, tm_create, body from customers_w where revision = 1 order by ordinal \
           on conflict do nothing returning id), \
         customers_u as (update customer set name = w.name, body = w.body from customers_w as w \
           where customer.id = w.id and customer.revision = w.revision - 1 and w.revision > 1 returning w.ordinal), \
         customers as (select ordinal from customers_u union all \
           select w.ordinal from customers_i join customers_w as w using (id))"
            .to_owned()
    },
    answers: true,
};

pub(super) const NUMBERS: Kind = Kind {
    number: 6,
    name: "numbers",
    columns: &[
        ("id", UUID),
        ("customer_id", UUID),
        ("number", TEXT),
        ("revision", NUMBER),
        ("tm_create", NUMBER),
        ("tm_delete", NUMBER),
        ("body", BYTES),
    ],
    writes: |_| {
        "numbers_free as (select * from numbers_w as w where tm_delete is not null or not exists \
           (select from number as other where other.number = w.number and other.tm_delete is null and other.id <> w.id)), \
         numbers_i as (insert into number (id, customer_id, number, revision, tm_create, tm_delete, body) \
           select id, customer_id, number, revision, tm_create, tm_delete, body from numbers_free order by ordinal \
           on conflict (id) do update set number = excluded.number, tm_create = excluded.tm_create, \
             tm_delete = excluded.tm_delete, body = excluded.body \
           where number.customer_id = excluded.customer_id and number.revision = excluded.revision - 1 \
             and (number.tm_delete is null or excluded.tm_delete is not null) returning id), \
         numbers as (select w.ordinal from numbers_i join numbers_w as w using (id))"
            .to_owned()
    },
    answers: true,
};

pub(super) const MESSAGES: Kind = Kind {
    number: 7,
    name: "messages",
    columns: &[
        ("id", UUID),
        ("customer_id", UUID),
        ("direction", SMALL),
        ("status", SMALL),
        ("tm_create", NUMBER),
        ("tm_delete", NUMBER),
        ("body", BYTES),
    ],
    // A message that its owner deleted stays deleted, whatever the network reports afterwards.
    writes: |it| {
        let change = change("message", "customer_id", &["direction", "status", "tm_create", "tm_delete", "body"])
            .replace("= excluded.tm_delete", "= coalesce(message.tm_delete, excluded.tm_delete)");
        it.insert("message", "id", &change)
    },
    answers: true,
};

/// Updates rows of the table into which [`OUTGOING`] inserts in the same statement. The two never touch the same row,
/// since nobody knows the key of a row that does not exist yet.
pub(super) const SETTLED: Kind = Kind {
    number: 8,
    name: "settled",
    columns: &[
        ("key", NUMBER),
        ("expected", SMALL),
        ("state", SMALL),
        ("attempts", NUMBER),
        ("due", NUMBER),
        ("since", NUMBER),
        ("status", SMALL),
        ("error", TEXT),
        ("at", NUMBER),
    ],
    writes: |_| {
        "settled as (update outgoing set state = w.state, attempts = w.attempts, due = w.due, since = w.since, \
             status = w.status, error = w.error, tm_update = w.at \
           from settled_w as w where outgoing.key = w.key and outgoing.state = w.expected returning w.ordinal)"
            .to_owned()
    },
    answers: true,
};

pub(super) const RECORDINGS: Kind = Kind {
    number: 9,
    name: "recordings",
    columns: &[
        ("id", UUID),
        ("customer_id", UUID),
        ("activeflow_id", UUID),
        ("call_id", UUID),
        ("status", SMALL),
        ("tm_create", NUMBER),
        ("tm_delete", NUMBER),
        ("body", BYTES),
    ],
    writes: |it| {
        let change = change("recording", "customer_id", &["status", "tm_delete", "body"]);
        it.insert("recording", "id", &change)
    },
    answers: true,
};

pub(super) const OUTGOING: Kind = Kind {
    number: 10,
    name: "asked",
    columns: &[
        ("id", UUID),
        ("customer_id", UUID),
        ("activeflow_id", UUID),
        ("kind", SMALL),
        ("lane", NUMBER),
        ("due", NUMBER),
        ("tm_create", NUMBER),
        ("body", BYTES),
    ],
    writes: |_| {
        "asked_i as (insert into outgoing (id, customer_id, activeflow_id, kind, lane, state, attempts, due, since, \
             status, error, tm_create, body) \
           select id, customer_id, activeflow_id, kind, lane, 1, 0, due, tm_create, 0, '', tm_create, body \
           from asked_w order by ordinal on conflict do nothing returning id), \
         asked as (select w.ordinal from asked_i join asked_w as w using (id))"
            .to_owned()
    },
    answers: true,
};

pub(super) const SETTINGS: Kind = Kind {
    number: 11,
    name: "settings",
    columns: &[("name", TEXT), ("value", BYTES)],
    writes: |it| it.insert("setting", "name", "on conflict (name) do update set value = excluded.value"),
    answers: true,
};

/// `revision` is the value after the write, as in [`ACCESS_KEYS`]; no trigger counts it.
pub(super) const PROVIDERS: Kind = Kind {
    number: 12,
    name: "providers",
    columns: &[
        ("id", UUID),
        ("revision", NUMBER),
        ("tm_create", NUMBER),
        ("tm_delete", NUMBER),
        ("body", BYTES),
        ("sealed", BYTES),
    ],
    writes: |_| {
        "providers_i as (insert into provider (id, revision, tm_create, tm_delete, body, sealed) \
           select id, revision, tm_create, tm_delete, body, sealed from providers_w order by ordinal \
           on conflict (id) do update set revision = excluded.revision, tm_delete = excluded.tm_delete, \
             body = excluded.body, sealed = excluded.sealed \
           where provider.revision = excluded.revision - 1 \
             and (provider.tm_delete is null or excluded.tm_delete is not null) returning id), \
         providers as (select w.ordinal from providers_i join providers_w as w using (id))"
            .to_owned()
    },
    answers: true,
};

pub(super) const ROUTES: Kind = Kind {
    number: 13,
    name: "routes",
    columns: &[
        ("id", UUID),
        ("customer_id", UUID),
        ("revision", NUMBER),
        ("tm_create", NUMBER),
        ("tm_delete", NUMBER),
        ("body", BYTES),
    ],
    writes: |it| {
        let follows = " and route.revision = excluded.revision - 1";
        it.upsert_alive("route", &["revision", "tm_delete", "body"], follows)
    },
    answers: true,
};

/// Compares the expected revision and owner of each run and changes the runs that match. The log rows are made from the
/// runs that were changed.
pub(super) const CHANGED: Kind = Kind {
    number: RUNS,
    name: "changed",
    columns: &[
        ("key", NUMBER),
        ("expected", NUMBER),
        ("revision", NUMBER),
        ("status", SMALL),
        ("working", SMALL),
        ("due", NUMBER),
        ("tm_delete", NUMBER),
        ("state", BYTES),
        ("record", BYTES),
    ],
    writes: |_| {
        "changed as (update run set previous_epoch = run.last_epoch, previous_sequence = run.last_sequence, \
             last_epoch = (select epoch from mark), last_sequence = w.ordinal, revision = w.revision, status = w.status, \
             working = w.working, due = w.due, tm_delete = w.tm_delete, state = w.state \
           from changed_w as w where run.key = w.key and run.revision = w.expected and run.owner = $3 \
           returning w.ordinal, run.key, run.previous_epoch, run.previous_sequence, w.record), \
         changed_l as (insert into log (epoch, sequence, run, previous_epoch, previous_sequence, record) \
           select (select epoch from mark), ordinal, key, previous_epoch, previous_sequence, record from changed)"
            .to_owned()
    },
    answers: true,
};

/// Inserts new runs, each with its first log row and, if they are large, its variables.
pub(super) const MADE: Kind = Kind {
    number: RUNS + 1,
    name: "made",
    columns: &[
        ("id", UUID),
        ("customer_id", UUID),
        ("flow_id", UUID),
        ("status", SMALL),
        ("reference_type", SMALL),
        ("reference_id", UUID),
        ("revision", NUMBER),
        ("working", SMALL),
        ("due", NUMBER),
        ("tm_create", NUMBER),
        ("tm_delete", NUMBER),
        ("state", BYTES),
        ("record", BYTES),
        ("variables", BYTES),
    ],
    writes: |_| {
        "made_i as (insert into run (last_epoch, last_sequence, id, customer_id, flow_id, status, reference_type, \
             reference_id, revision, working, due, tm_create, tm_delete, state, owner) \
           select (select epoch from mark), ordinal, id, customer_id, flow_id, status, reference_type, reference_id, \
             revision, working, due, tm_create, tm_delete, state, $3 from made_w order by ordinal \
           on conflict do nothing returning key, id), \
         made as (select w.ordinal, made_i.key, w.record, w.variables from made_i join made_w as w using (id)), \
         made_l as (insert into log (epoch, sequence, run, record) \
           select (select epoch from mark), ordinal, key, record from made), \
         made_v as (insert into variables (run, body) \
           select key, variables from made where octet_length(variables) > 0)"
            .to_owned()
    },
    answers: true,
};

/// Variables of existing runs; those of new runs are inserted by [`MADE`].
pub(super) const VARIABLES: Kind = Kind {
    number: RUNS + 2,
    name: "bodies",
    columns: &[("run", NUMBER), ("body", BYTES)],
    writes: |_| {
        "bodies_d as (delete from variables using bodies_w as w where variables.run = w.run and octet_length(w.body) = 0), \
         bodies_i as (insert into variables (run, body) select run, body from bodies_w where octet_length(body) > 0 \
           on conflict (run) do update set body = excluded.body)"
            .to_owned()
    },
    answers: false,
};

pub(super) const CALLS: Kind = Kind {
    number: RUNS + 3,
    name: "calls",
    columns: &[
        ("id", UUID),
        ("customer_id", UUID),
        ("flow_id", UUID),
        ("activeflow_id", UUID),
        ("status", SMALL),
        ("direction", SMALL),
        ("tm_create", NUMBER),
        ("tm_delete", NUMBER),
        ("body", BYTES),
    ],
    writes: |it| it.insert("call", "id", &change("call", "activeflow_id", &["status", "tm_delete", "body"])),
    answers: true,
};

/// The number of the first kind that writes runs.
const RUNS: u32 = 14;

impl Kind {
    /// Returns the precedence of a refusal when a commit has several. The kinds that write runs share one rank, so
    /// among them the lowest ordinal counts.
    pub fn rank(&self) -> u32 {
        if (RUNS..RUNS + 3).contains(&self.number) { RUNS } else { self.number }
    }

    pub fn bit(&self) -> u32 {
        1 << self.number
    }

    /// Inserts rows, with the given action on conflict.
    fn insert(&self, table: &str, unique: &str, on_conflict: &str) -> String {
        let (name, columns) = (self.name, self.names());
        format!(
            "{name}_i as (insert into {table} ({columns}) select {columns} from {name}_w order by ordinal \
               {on_conflict} returning {unique}), \
             {name} as (select w.ordinal from {name}_i join {name}_w as w using ({unique}))"
        )
    }

    /// Inserts rows, or updates the given columns of rows of the same customer if `condition` holds. Deleted rows stay
    /// deleted.
    fn upsert_alive(&self, table: &str, changed: &[&str], condition: &str) -> String {
        let alive = format!(" and ({table}.tm_delete is null or excluded.tm_delete is not null)");
        self.insert(table, "id", &(change(table, "customer_id", changed) + &alive + condition))
    }

    fn names(&self) -> String {
        self.columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
    }

    /// Returns the expressions that write the rows. The columns are bound from `parameter` on, the ordinals after them.
    pub fn expressions(&self, parameter: usize) -> String {
        let (name, writes) = (self.name, (self.writes)(self));
        let arrays = self.columns.iter().zip(parameter..).map(|((_, kind), at)| format!("${at}::{kind}[], "));
        let (arrays, ordinals) = (arrays.collect::<String>(), self.ordinals(parameter));
        let columns = self.columns.iter().map(|(name, _)| format!("{name}, ")).collect::<String>();
        format!(
            "{name}_w as (select * from unnest({arrays}{ordinals}) as w({columns}ordinal) \
               where exists (select from mark)), {writes}"
        )
    }

    fn ordinals(&self, parameter: usize) -> String {
        format!("${}::bigint[]", parameter + self.columns.len())
    }

    /// Returns the number of parameters.
    pub fn parameters(&self) -> usize {
        self.columns.len() + 1
    }

    /// Returns a condition that is true if every row was written.
    pub fn whole(&self, parameter: usize) -> Option<String> {
        let (name, ordinals) = (self.name, self.ordinals(parameter));
        self.answers.then(|| format!("(select count(*) from {name}) = cardinality({ordinals})"))
    }

    /// Returns an expression for the kind's number and the ordinals of the rows that were not written: `3:1,7;`.
    pub fn missing(&self, parameter: usize) -> Option<String> {
        let (number, name, ordinals) = (self.number, self.name, self.ordinals(parameter));
        self.answers.then(|| {
            format!(
                "coalesce('{number}:' || (select string_agg(ordinal::text, ',') from unnest({ordinals}) as w(ordinal) \
                   where ordinal not in (select ordinal from {name})) || ';', '')"
            )
        })
    }
}

fn change(table: &str, owner: &str, changed: &[&str]) -> String {
    let set: Vec<_> = changed.iter().map(|name| format!("{name} = excluded.{name}")).collect();
    format!("on conflict (id) do update set {} where {table}.{owner} = excluded.{owner}", set.join(", "))
}
