//! All rules: one file for each, named as a sentence.
//!
//! A rule reads the model and says what is wrong; it changes nothing, and does not know what is generated.

mod methods_are_listed_once;
mod some_methods_exist;

mod a_table_is_a_plain_name;
mod a_url_name_is_one_segment;
mod a_url_prefix_begins_with_a_slash;

mod a_column_is_a_plain_name;
mod a_field_is_optional_once;
mod a_number_is_one_of_the_database;
mod a_record_owns_what_it_holds;
mod a_rename_is_a_plain_name;
mod a_skipped_field_has_no_other_keys;
mod at_most_128_columns;
mod column_constants_differ;
mod column_names_differ;
mod wire_names_differ;

mod a_primary_key_does_not_change;
mod a_primary_key_has_one_to_four_columns;
mod a_primary_key_is_always_there;

mod a_record_has_one_version;
mod a_version_counts_by_itself;
mod a_version_is_an_integer;

mod a_bound_is_a_number_of_the_type;
mod a_default_is_within_the_bounds;
mod a_reference_holds_a_key;
mod an_index_is_made_once;
mod bounds_are_for_numbers;
mod json_is_neither_unique_nor_indexed;
mod lengths_are_positive;
mod some_length_is_possible;
mod some_number_is_possible;
mod what_is_asked_of_text_is_for_text;

mod no_field_is_both_read_only_and_write_only;

mod serial_fields_are_for_exposed_methods;
mod serial_fields_are_not_empty;
mod serial_fields_name_each_field_once;
mod serial_fields_name_fields_that_exist;
mod write_only_fields_stay_inside;

mod relation_names_differ;
mod relations_lead_from_a_key_of_one_column;
mod relations_name_keys_that_exist;

mod lists_of_other_resources_name_fields_once;
mod related_lists_are_for_exposed_methods;
mod serial_field_relations_name_relations_that_exist;

mod collections_name_columns_that_compare;
mod page_sizes_fit;
mod search_is_for_text;

mod answers_have_hooks;
mod commit_hooks_are_for_writes;
mod docs_are_for_exposed_methods;
mod hooks_are_for_exposed_methods;

mod an_enum_has_variants;
mod variant_names_differ;

use crate::diag::Problems;
use crate::model::{Enumeration, Method, Resource};

/// The rules of a resource, in the order in which their errors are shown.
const OF_A_RESOURCE: &[fn(&Resource, &mut Problems)] = &[
    // The struct.
    some_methods_exist::check,
    methods_are_listed_once::check,
    a_table_is_a_plain_name::check,
    a_url_prefix_begins_with_a_slash::check,
    a_url_name_is_one_segment::check,
    // The columns together.
    at_most_128_columns::check,
    column_constants_differ::check,
    a_column_is_a_plain_name::check,
    column_names_differ::check,
    a_rename_is_a_plain_name::check,
    wire_names_differ::check,
    a_skipped_field_has_no_other_keys::check,
    // The primary key.
    a_primary_key_has_one_to_four_columns::check,
    a_primary_key_is_always_there::check,
    a_primary_key_does_not_change::check,
    // The version.
    a_record_has_one_version::check,
    a_version_is_an_integer::check,
    a_version_counts_by_itself::check,
    // Each column.
    a_record_owns_what_it_holds::check,
    a_number_is_one_of_the_database::check,
    a_field_is_optional_once::check,
    no_field_is_both_read_only_and_write_only::check,
    what_is_asked_of_text_is_for_text::check,
    lengths_are_positive::check,
    some_length_is_possible::check,
    bounds_are_for_numbers::check,
    a_bound_is_a_number_of_the_type::check,
    some_number_is_possible::check,
    a_default_is_within_the_bounds::check,
    json_is_neither_unique_nor_indexed::check,
    an_index_is_made_once::check,
    a_reference_holds_a_key::check,
    // The relations.
    relation_names_differ::check,
    relations_name_keys_that_exist::check,
    relations_lead_from_a_key_of_one_column::check,
    // What goes out.
    serial_fields_are_not_empty::check,
    serial_fields_name_fields_that_exist::check,
    serial_fields_name_each_field_once::check,
    serial_fields_are_for_exposed_methods::check,
    write_only_fields_stay_inside::check,
    serial_field_relations_name_relations_that_exist::check,
    related_lists_are_for_exposed_methods::check,
    lists_of_other_resources_name_fields_once::check,
    // What may be asked.
    collections_name_columns_that_compare::check,
    search_is_for_text::check,
    page_sizes_fit::check,
    // The hooks.
    commit_hooks_are_for_writes::check,
    hooks_are_for_exposed_methods::check,
    answers_have_hooks::check,
    // The documentation.
    docs_are_for_exposed_methods::check,
];

/// The rules of an enum.
const OF_AN_ENUM: &[fn(&Enumeration, &mut Problems)] =
    &[an_enum_has_variants::check, variant_names_differ::check];

/// Says all that is wrong with a resource.
pub(crate) fn resource(resource: &Resource, problems: &mut Problems) {
    for rule in OF_A_RESOURCE {
        rule(resource, problems);
    }
}

/// Says all that is wrong with an enum.
pub(crate) fn enumeration(enumeration: &Enumeration, problems: &mut Problems) {
    for rule in OF_AN_ENUM {
        rule(enumeration, problems);
    }
}

/// Whether a resource lacks one of the methods; one that has none at all was refused for that.
fn lacks(resource: &Resource, methods: &[Method]) -> bool {
    !resource.methods.listed.is_empty()
        && !methods.iter().all(|method| resource.methods.have(*method))
}

/// Whether a name needs no quoting on any database.
fn is_plain_in_sql(name: &str) -> bool {
    name.chars()
        .all(|letter| letter.is_alphanumeric() || letter == '_')
        && name.starts_with(|first: char| !first.is_numeric())
}

/// Whether a part of a path says where to go from there (RFC 3986, section 5.2.4), so that no request has it.
fn is_a_step(part: &str) -> bool {
    [".", ".."].contains(&part)
}

/// Whether a character stands in a URL as it is (RFC 3986, section 2.3).
fn is_plain_in_a_url(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "-_.~".contains(letter)
}
