//! What every store owes, as one suite. A store runs it with one line in its own tests:
//!
//! ```ignore
//! jackfield_testkit::store_suite!(fixture);
//! ```
//!
//! where `fixture` is a function that makes an empty storage ([`StoreFixture`]). Each case becomes a test of its own.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a suite tells what is wrong by failing"
)]

pub mod backends;
pub mod blobs;
pub mod catalogue;
pub mod chats;
pub mod concurrency;
pub mod data;
pub mod lasting;
pub mod log;
pub mod runs;
pub mod samples;
pub mod tokens;
pub mod tools;

use std::sync::Arc;

use async_trait::async_trait;
use jackfield_protocol::port::Store;

/// One storage, empty at first; removed when dropped.
#[async_trait]
pub trait StoreFixture: Send + Sync {
    /// Opens it. Again in the same case only after the one before was closed.
    async fn open(&self) -> Arc<dyn Store>;
}

/// Makes a test of every case of the suite. Takes the name of a function without arguments in the same module
/// that returns something that implements [`StoreFixture`].
#[macro_export]
macro_rules! store_suite {
    ($fixture:ident) => {
        $crate::store_suite! { @cases $fixture;
            backends {
                a_backend_reads_back_as_it_was_written,
                backends_are_listed_by_name,
                a_taken_name_is_refused_and_leaves_nothing,
                a_change_replaces_every_field,
                a_change_to_a_taken_name_is_refused,
                a_change_without_secrets_keeps_them,
                a_change_with_secrets_replaces_all_of_them,
                changing_what_is_not_there_is_refused,
                secrets_of_an_unknown_backend_are_not_found,
                a_backend_may_have_no_secrets,
                removing_a_backend_removes_what_belongs_to_it,
                removing_what_is_not_there_is_refused,
                what_a_peer_says_is_replaced,
                what_an_mcp_server_says_is_kept_too,
                news_of_an_unknown_backend_are_refused,
            }
            catalogue {
                workflows_read_back_as_they_were_found,
                a_known_workflow_keeps_its_id,
                a_missing_workflow_stays_as_not_present_and_comes_back,
                workflows_are_listed_by_backend_and_name,
                catalogues_of_two_backends_are_apart,
                the_same_workflow_twice_in_one_discovery_is_one,
                an_unknown_backend_has_no_catalogue,
                a_known_tool_keeps_its_id,
                a_missing_tool_stays_as_not_present,
                tools_read_back_as_they_were_found,
            }
            tools {
                a_tool_keeps_its_name_whatever_its_backend_is_called,
                names_never_collide,
                names_fit_the_strictest_reader,
                tools_are_found_in_pages_and_by_name,
                a_changed_definition_is_flagged_until_it_is_accepted,
                going_back_to_the_accepted_definition_is_no_change,
                a_hundred_thousand_tools_cost_their_time_and_nobody_elses,
                what_a_server_offers_is_kept,
                offers_of_something_else_are_refused,
            }
            runs {
                a_run_reads_back_as_it_was_written,
                a_run_begins_with_an_empty_log_and_no_attempt,
                a_run_is_written_down_once,
                a_run_of_something_unknown_is_refused,
                a_run_that_has_ended_cannot_be_written_down,
                runs_are_listed_newest_first_in_pages,
                runs_are_filtered,
                a_list_is_never_longer_than_500,
                calls_of_a_tool_are_found_by_it,
                unfinished_runs_are_those_without_done_oldest_first,
                attempts_count_up,
                an_ended_run_takes_no_attempt,
                an_unknown_run_takes_no_attempt,
            }
            log {
                events_read_back_as_they_were_written,
                every_type_of_event_reads_back,
                events_are_read_in_pages,
                an_append_moves_the_head,
                an_older_attempt_is_refused,
                an_attempt_that_has_not_begun_is_refused,
                a_wrong_next_number_is_refused,
                a_gap_or_repetition_inside_a_batch_is_refused,
                an_event_of_another_run_is_refused,
                done_gives_status_end_and_result,
                nothing_follows_done,
                an_end_without_done_is_refused,
                an_unknown_run_has_no_log,
                a_refused_append_leaves_nothing,
                an_empty_append_sets_status_and_checkpoint,
                a_checkpoint_comes_with_its_events_and_replaces_the_one_before,
                a_checkpoint_of_an_older_attempt_is_not_kept,
                a_run_without_checkpoint_has_none,
                large_batches_are_whole,
                any_text_survives,
            }
            blobs {
                a_blob_reads_back,
                an_empty_blob_reads_back,
                a_blob_of_an_unknown_run_is_refused,
                a_blob_goes_with_its_run,
                a_file_belongs_to_the_run_that_takes_it,
                a_run_with_an_unknown_file_is_refused_and_leaves_nothing,
            }
            chats {
                a_conversation_reads_back,
                messages_are_numbered_from_one,
                the_last_used_comes_first,
                a_message_needs_its_conversation_and_run,
                a_chat_outlives_its_runs,
                a_chat_can_be_renamed,
                a_removed_chat_leaves_its_runs,
            }
            tokens {
                a_token_is_found_by_its_hash_only,
                two_tokens_never_share_a_hash,
                a_removed_token_is_gone,
                the_last_use_of_a_token_is_kept,
            }
            data {
                an_empty_store_has_nothing_in_it,
                what_is_stored_is_counted,
                how_long_data_is_kept_reads_back,
                old_runs_go_oldest_first_in_bounded_steps,
                a_run_larger_than_a_step_goes_alone,
                a_chat_stays_whole_while_it_is_used,
                a_chat_goes_after_its_runs,
                what_goes_on_is_never_old,
            }
            concurrency {
                a_hundred_runs_are_appended_to_at_once,
                of_two_racing_attempts_one_holds_the_run,
                of_two_equal_appends_one_is_kept,
                readers_see_whole_batches_only,
                a_refused_request_does_not_spoil_its_neighbours,
                messages_of_many_writers_are_numbered_once,
                a_caller_that_gives_up_breaks_nothing,
            }
            lasting {
                everything_is_there_after_reopening,
                what_was_dropped_without_closing_is_there_too,
                a_closed_store_refuses_and_does_not_hang,
                the_check_passes,
            }
        }
    };
    (@cases $fixture:ident; $($group:ident { $($case:ident,)* })*) => {
        $(
            mod $group {
                $(
                    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                    async fn $case() {
                        let fixture = super::$fixture();
                        $crate::store_suite::$group::$case(&fixture).await;
                    }
                )*
            }
        )*
    };
}

#[cfg(test)]
mod tests {
    /// A case that is written but not listed would never run.
    #[test]
    fn every_case_is_listed() {
        let list = include_str!("mod.rs");
        let groups = [
            include_str!("backends.rs"),
            include_str!("blobs.rs"),
            include_str!("catalogue.rs"),
            include_str!("chats.rs"),
            include_str!("concurrency.rs"),
            include_str!("data.rs"),
            include_str!("lasting.rs"),
            include_str!("log.rs"),
            include_str!("runs.rs"),
            include_str!("tokens.rs"),
            include_str!("tools.rs"),
        ];
        let mut count = 0;
        for line in groups.iter().flat_map(|text| text.lines()) {
            let Some(rest) = line.strip_prefix("pub async fn ") else { continue };
            let name = rest.split('(').next().unwrap();
            assert!(list.contains(&format!("                {name},\n")), "{name} is not in the list");
            count += 1;
        }
        assert!(count >= 40, "only {count} cases were found");
    }
}
