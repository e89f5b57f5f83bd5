"""Defects in the rules of each module, which a test of that module finds. All of them are in one build, and each is
enabled when its test runs. So the code and the defect are expressions of one type."""

PLAN = "secrets-core/src/load/plan"
LOAD = "secrets-core/src/load"
DECODE = "secrets-core/src/decode"
JSON = "secrets-core/src/json"
LIVE = "secrets-core/src/live"
GENERATE = "secrets-core/src/generate"
SYNTAX = "secrets-syntax/src"
DERIVE = "secrets-derive/src"

# Name, file, code, defect, and the test that finds it.
DEFECTS = [
    (
        "each field requests its secret again",
        f"{PLAN}/candidates.rs",
        "self.requests.iter().position(is_same)",
        "None",
        "load::plan::tests::each_secret_is_counted_once",
    ),
    (
        "two secrets share an environment variable",
        f"{PLAN}/clashes.rs",
        "first.address != leaf.address",
        "false",
        "load::plan::tests::variable_shared_between_secrets_is_rejected",
    ),
    (
        "an error contains the value of a placeholder",
        f"{PLAN}/names.rs",
        "template.placeholders().next().is_none()",
        "true",
        "load::plan::tests::plan_errors_hide_placeholder_values",
    ),
    (
        "the value of a placeholder is a template",
        f"{PLAN}/names.rs",
        "value.contains(['{', '}'])",
        "false",
        "load::plan::tests::braces_in_placeholder_value_are_rejected",
    ),
    (
        "a pinned stage is ignored",
        f"{PLAN}/names.rs",
        "Some(stage(name))",
        "None",
        "load::plan::tests::placeholder_accepts_whole_reference",
    ),
    (
        "a later load uses the placeholders of an earlier one",
        f"{PLAN}/placeholders.rs",
        "placeholder(name) == *value",
        "true",
        "load::plan::tests::plan_is_reused_for_same_placeholders",
    ),
    (
        "every failure falls back",
        f"{LOAD}/chain.rs",
        "self.fall_back_on.contains(&error.kind())",
        "true",
        "chain::errors_fall_back_only_when_configured",
    ),
    (
        "later sources are queried for values that were found",
        f"{LOAD}/chain.rs",
        "state.leaves[leaf].is_open_at(place)",
        "true",
        "chain::complete_load_skips_later_sources",
    ),
    (
        "a missing alias hides the failure of the name",
        f"{LOAD}/chain.rs",
        "later.is_empty() || matches!(result, FetchResult::NotConfigured(_))",
        "false",
        "aliases::missing_alias_does_not_hide_failure",
    ),
    (
        "a default replaces a value that the type rejected",
        f"{LOAD}/decoded.rs",
        "self.value.is_some() || self.state.outcome.is_some()",
        "self.value.is_some()",
        "defaults::struct_default_hides_no_failure",
    ),
    (
        "one struct uses two versions of a secret",
        f"{LOAD}/consistency.rs",
        "created(&results[i]) > created(&results[*best])",
        "false",
        "load::consistency::tests::newest_version_is_used_for_all",
    ),
    (
        "a newer version replaces a pinned one",
        f"{LOAD}/consistency.rs",
        "Some((arn, request.version()))",
        "Some((arn, &VersionSelector::Current))",
        "load::consistency::tests::pinned_version_is_unchanged",
    ),
    (
        "different secrets with one ARN are one secret",
        f"{LOAD}/consistency.rs",
        "request.can_have_id(arn)",
        "true",
        "load::consistency::tests::different_secrets_never_agree",
    ),
    (
        "a number is rounded",
        f"{DECODE}/context.rs",
        "self.has_inexact()",
        "false",
        "decode::tests::numbers::rounded_number_is_refused_with_fix",
    ),
    (
        "an error contains a part of the value",
        f"{DECODE}/mod.rs",
        "mismatch::is_name(name) && !self.resembles(name)",
        "mismatch::is_name(name)",
        "decode::tests::leaks::text_of_type_never_reaches_error",
    ),
    (
        "unread items are ignored",
        f"{DECODE}/access.rs",
        "items.rest.len() > 0",
        "false",
        "decode::tests::messages::unread_items_are_rejected",
    ),
    (
        "a JSON key with the value null is found",
        f"{JSON}/pointer.rs",
        """match found {
        Lookup::Found(Node::Null) => Lookup::Null,
        found => found,
    }""",
        "found",
        "json::pointer::tests::null_is_missing",
    ),
    (
        "the first of two equal JSON keys is used",
        f"{JSON}/pointer.rs",
        "(found.next(), found.next())",
        "(found.next(), None)",
        "json::pointer::tests::duplicate_key_is_rejected",
    ),
    (
        "a number out of range becomes infinity or zero",
        f"{JSON}/number.rs",
        "(!is_lost).then_some(float)",
        "Some(float)",
        "json::number::tests::float_out_of_range_is_refused",
    ),
    (
        "pauses between failures do not grow",
        f"{LIVE}/schedule.rs",
        "first.saturating_mul(doubled(failures.saturating_sub(1)))",
        "first",
        "live::schedule::tests::failure_pauses_double_with_jitter",
    ),
    (
        "a struct that is too old waits for the whole pause",
        f"{LIVE}/schedule.rs",
        "pause.min(limited(Duration::MAX))",
        "pause",
        "live::schedule::tests::retry_comes_soon_past_bound",
    ),
    (
        "scheduled refreshes count as requested on demand",
        f"{LIVE}/state.rs",
        "self.demanded > self.ended",
        "true",
        "demand::scheduled_refreshes_are_not_on_demand",
    ),
    (
        "a policy contains an ARN that is never evaluated",
        f"{GENERATE}/pattern.rs",
        "can_be_complete || may_be_missing",
        "true",
        "policies::required_secret_has_no_bare_arn",
    ),
    (
        "a policy permits other stages than the pinned one",
        f"{GENERATE}/grants.rs",
        "Some((sid, Some(Condition::from([(\"StringEquals\", values)]))))",
        "Some((sid, None))",
        "golden::pinned_stage_matches_golden",
    ),
    (
        "a policy exceeds the limit of IAM",
        f"{GENERATE}/split.rs",
        "!is_open || used + added > MAX_LENGTH",
        "!is_open",
        "generate::split::tests::every_part_is_within_the_limit",
    ),
    (
        "the ARN of another service is a secret",
        f"{SYNTAX}/arn.rs",
        "matches(service, \"secretsmanager\") && matches(kind, \"secret\")",
        "matches(kind, \"secret\")",
        "arn::tests::foreign_and_incomplete_arns_are_rejected",
    ),
    (
        "an ARN has the region of another partition",
        f"{SYNTAX}/arn.rs",
        "own == partition",
        "true",
        "arn::tests::region_of_other_partition_is_rejected",
    ),
    (
        "a region contains a host name",
        f"{SYNTAX}/region.rs",
        "name.chars().find(|&c| !is_region_character(c))",
        "None",
        "region::tests::malformed_region_is_described",
    ),
    (
        "two fields with different values read one variable",
        f"{DERIVE}/check/clashes.rs",
        "other.value != one.value",
        "false",
        "tests::attributes::env_alias_causes_variable_clash",
    ),
    (
        "the current stage is another version",
        f"{DERIVE}/check/clashes.rs",
        "stage != \"AWSCURRENT\"",
        "true",
        "tests::hints::current_stage_is_the_same_version",
    ),
]
