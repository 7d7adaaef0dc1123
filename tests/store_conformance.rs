//! What every store must do, as cases that know nothing but the port. Each adapter runs them all: a store that passes
//! can be put under the server.

#[allow(dead_code)]
#[path = "postgres/server.rs"]
mod postgres;
mod store;

use ringdown::store::postgres::Postgres;
use ringdown::store::sqlite::{Config, Location, Sqlite};
use store::{carriers, concurrency, customers, lists, log, model, outbox, prune, recordings, rest, runs};
use tempfile::TempDir;

/// Runs the cases against what `$open` gives: the store and what must live as long as it does; nothing where there is no
/// database on this machine.
macro_rules! suite {
    ($name:ident, $open:path) => {
        suite!($name, $open;
            runs::everything_is_read_back, runs::a_change_is_read_back, runs::a_stale_revision_is_a_conflict,
            runs::a_commit_is_whole_or_nothing, runs::a_taken_id_is_refused, runs::large_variables_have_their_own_row,
            runs::the_working_set_is_paged, runs::calls_follow_their_run, runs::a_run_written_twice_is_refused_whole,
            lists::runs_of_one_moment_are_paged_whole, lists::calls_of_one_moment_are_paged_whole,
            lists::runs_are_filtered, lists::calls_are_filtered, lists::deleted_rows_are_hidden,
            lists::customers_are_apart, lists::snapshots_are_paged, lists::flows_are_listed,
            lists::pages_end_at_their_bytes,
            log::history_follows_the_links, log::bounds_and_order, log::it_says_that_it_grew, log::reads_are_bounded, log::has_one_name,
            rest::a_key_answers_once, rest::an_old_answer_gives_way, rest::answers_are_forgotten,
            rest::revisions_are_numbered_once, rest::access_keys, rest::what_was_deleted_stays_so, rest::the_first_customer, rest::settings_and_callees,
            rest::a_closed_store_says_so,
            rest::numbers_lead_to_one_customer, rest::messages_are_listed, rest::customers_change,
            rest::changes_compare_the_revision, rest::usage_adds_up,
            outbox::it_goes_with_its_commit, outbox::what_is_due_is_found_by_lane, outbox::lanes_are_looked_at_in_pieces, outbox::a_customer_with_many_lanes_is_passed_over,
            outbox::a_settlement_is_once, outbox::lists_are_filtered, outbox::a_cursor_moves_with_its_work,
            prune::the_log_forgets_its_beginning, prune::runs_go_with_all_that_is_theirs,
            prune::only_what_is_done_is_forgotten,
            recordings::recordings_are_read_back_and_change, recordings::a_recording_stays_its_customers_own,
            recordings::recordings_are_filtered_and_paged, recordings::old_recordings_are_forgotten,
            customers::uses_of_keys_only_rise, customers::customers_are_created_in_commits_and_listed,
            customers::tasks_are_kept_until_they_end, customers::a_customer_is_forgotten_with_all_that_is_its_own,
            carriers::providers_and_routes_are_read_back,
            carriers::changes_of_providers_and_routes_compare_the_revision, carriers::providers_and_routes_are_listed,
            carriers::routes_go_with_their_customer,
            concurrency::a_conflict_fails_alone, concurrency::racers_for_a_key_get_one_answer,
            concurrency::revisions_rise_in_log_order, concurrency::watchers_miss_nothing,
            model::agrees_with_a_model
        );
    };
    ($name:ident, $open:path; $($module:ident::$case:ident),*) => {
        mod $name {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    let Some((store, _held)) = $open().await else { return };
                    crate::$module::$case(&store).await;
                    ringdown::store::Store::close(&store).await;
                }
            )*
        }
    };
}

async fn file() -> Option<(Sqlite, TempDir)> {
    let directory = tempfile::tempdir().expect("a directory");
    let location = Location::File(directory.path().join("ringdown.db"));
    Some((Sqlite::open(Config::new(location)).await.expect("an empty database"), directory))
}

async fn memory() -> Option<(Sqlite, ())> {
    Some((Sqlite::open(Config::new(Location::Memory)).await.expect("an empty database"), ()))
}

async fn server() -> Option<(Postgres, ())> {
    let url = postgres::server()?.database();
    let config = ringdown::store::postgres::Config::new(url.parse().expect("a URL"));
    Some((Postgres::open(config).await.expect("an empty database"), ()))
}

suite!(sqlite_file, crate::file);
suite!(sqlite_memory, crate::memory);
suite!(postgres_server, crate::server);
