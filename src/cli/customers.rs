//! `ringdown customers`: what an operator does with customers, beside the database. A running server notices within five
//! seconds.

use super::Failure;
use super::database::Database;
use ringdown::delivery::customers::{Customers, OperatorChange};
use ringdown::model::limits::{CustomerLimits, LimitChanges};
use ringdown::proto::Customer;
use ringdown::store::{CustomerTask, Page, Store};
use std::io::Write;
use std::sync::Arc;
use uuid::Uuid;

/// How many customers are read at a time.
const PAGE: u32 = 500;
/// How often a change is repeated because another one came first.
const TRIES: u32 = 8;

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    database: Database,
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Lists all customers, newest first.
    List,
    /// Prints a customer with its limits and what it uses.
    Show { id: Uuid },
    /// Creates a customer, and prints its id and its first access key. The key is shown only this once.
    Create {
        #[arg(value_parser = super::customer::name)]
        name: String,
    },
    /// Suspends a customer: nothing new begins.
    Suspend {
        id: Uuid,
        /// Stops the customer's activeflows and hangs up its calls. Otherwise they go on until they end.
        #[arg(long)]
        stop_running: bool,
    },
    /// Ends the suspension of a customer.
    Resume { id: Uuid },
    /// Sets limits of a customer, such as calls=500. default stands for the server's default.
    Limits {
        id: Uuid,
        #[arg(required = true, value_parser = limit, value_name = "NAME=VALUE")]
        limits: Vec<(String, Option<u64>)>,
    },
    /// Deletes a suspended customer with all its data, in the background while a server runs. It cannot be undone.
    Delete { id: Uuid },
    /// Creates an access key of an operator. The key is shown only this once.
    OperatorKey {
        /// Name of the key.
        #[arg(default_value = "operator", value_parser = super::customer::name)]
        name: String,
    },
}

fn limit(text: &str) -> Result<(String, Option<u64>), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    if !CustomerLimits::NAMES.contains(&name) {
        return Err(format!("unknown limit; expected one of: {}", CustomerLimits::NAMES.join(", ")));
    }
    match value {
        "default" => Ok((name.to_owned(), None)),
        number => {
            number.parse().map(|it| (name.to_owned(), Some(it))).map_err(|_| "expected a number or default".to_owned())
        }
    }
}

pub async fn run(args: Args) -> Result<(), Failure> {
    let Args { database, command } = args;
    let may_make = matches!(command, Command::Create { .. } | Command::OperatorKey { .. });
    let (store, sealer, authenticator) = database.open_sealed(may_make).await?;
    let said = match command {
        Command::Create { name } => {
            let new = authenticator.create_customer(&name).await?;
            format!("customer {}\nkey {}\n", new.customer_id, new.key)
        }
        Command::OperatorKey { name } => format!("key {}\n", authenticator.create_operator_key(&name).await?),
        other => {
            let customers = Customers::new(store.clone(), sealer, CustomerLimits::default());
            Operator { customers, store: store.clone() }.run(other).await?
        }
    };
    store.close().await;
    Ok(write!(std::io::stdout(), "{said}")?)
}

struct Operator {
    store: Arc<dyn Store>,
    customers: Customers,
}

impl Operator {
    async fn run(&self, command: Command) -> Result<String, Failure> {
        Ok(match command {
            Command::List => self.list().await?,
            Command::Show { id } => self.show(id).await?,
            Command::Suspend { id, stop_running } => {
                self.customers.current(id).await?;
                if stop_running {
                    self.store.add_customer_task(id, CustomerTask::Stop).await?;
                }
                line(&self.change(id, OperatorChange::Suspend).await?)
            }
            Command::Resume { id } => {
                let customer = self.change(id, OperatorChange::Resume).await?;
                self.store.end_customer_task(id, CustomerTask::Stop).await?;
                line(&customer)
            }
            Command::Limits { id, limits } => {
                let (mut values, names) =
                    (LimitChanges::default(), limits.iter().map(|(name, _)| name.clone()).collect());
                for (name, value) in &limits {
                    values.set(name, *value);
                }
                self.change(id, OperatorChange::Limits(Box::new(values), names)).await?;
                self.show(id).await?
            }
            Command::Delete { id } => {
                self.customers.current(id).await?.check_deletable()?;
                self.store.add_customer_task(id, CustomerTask::Delete).await?;
                line(&self.change(id, OperatorChange::Delete).await?)
            }
            Command::Create { .. } | Command::OperatorKey { .. } => unreachable!("they need no operator"),
        })
    }

    async fn list(&self) -> Result<String, Failure> {
        let (mut said, mut before) = (String::new(), None);
        loop {
            let page = Page { limit: PAGE, before, ..Page::default() };
            let rows = self.store.customers(page).await?;
            for row in &rows {
                said += &line(&self.customers.for_operators(row)?);
            }
            match rows.last() {
                Some(last) => before = Some((last.tm_create, last.id)),
                None => return Ok(said),
            }
        }
    }

    async fn show(&self, id: Uuid) -> Result<String, Failure> {
        let current = self.customers.current(id).await?;
        let (calls, activeflows) = self.store.customer_counts(id).await?;
        let mut said = line(&self.customers.for_operators(current.row())?);
        said += &format!("calls {calls}\nactiveflows {activeflows}\n");
        for (name, value) in current.limits_set() {
            match value {
                Some(value) => said += &format!("limit {name} {value}\n"),
                None => said += &format!("limit {name} default\n"),
            }
        }
        Ok(said)
    }

    async fn change(&self, id: Uuid, change: OperatorChange) -> Result<Customer, Failure> {
        for _ in 0..TRIES {
            let current = self.customers.current(id).await?;
            if let Some(customer) = self.customers.operate(current, &change).await? {
                return Ok(customer);
            }
        }
        Err("the customer was changed by others at the same time; try again".into())
    }
}

/// One customer in one line. Its name is last, because it may contain spaces.
fn line(customer: &Customer) -> String {
    let standing = match (&customer.tm_delete, &customer.tm_suspend) {
        (Some(_), _) => "deleted",
        (None, Some(_)) => "suspended",
        (None, None) => "active",
    };
    format!("customer {} {standing} {}\n", customer.id, customer.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read() {
        assert_eq!(limit("calls=5"), Ok(("calls".to_owned(), Some(5))));
        assert_eq!(limit("calls=default"), Ok(("calls".to_owned(), None)));
        for wrong in ["calls", "pigeons=5", "calls=-1", "calls=many"] {
            assert!(limit(wrong).is_err(), "{wrong}");
        }
    }
}
