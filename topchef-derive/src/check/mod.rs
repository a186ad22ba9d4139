//! All rules: one file for each, named as a sentence.
//!
//! A rule reads the model and says what is wrong; it changes nothing, and does not know what is generated.

mod methods_are_listed_once;
mod some_methods_exist;

mod a_table_is_a_plain_name;
mod a_url_name_is_one_segment;
mod a_url_prefix_begins_with_a_slash;

mod at_most_128_columns;
mod column_constants_differ;
mod wire_names_differ;

mod a_primary_key_is_always_there;
mod one_primary_key;

mod max_length_is_for_text;
mod max_length_is_positive;
mod no_field_is_both_read_only_and_write_only;

mod serial_fields_are_for_exposed_methods;
mod serial_fields_are_not_empty;
mod serial_fields_name_each_field_once;
mod serial_fields_name_fields_that_exist;
mod write_only_fields_stay_inside;

mod commit_hooks_are_for_writes;
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
    wire_names_differ::check,
    // The primary key.
    one_primary_key::check,
    a_primary_key_is_always_there::check,
    // Each column.
    no_field_is_both_read_only_and_write_only::check,
    max_length_is_for_text::check,
    max_length_is_positive::check,
    // What goes out.
    serial_fields_are_not_empty::check,
    serial_fields_name_fields_that_exist::check,
    serial_fields_name_each_field_once::check,
    serial_fields_are_for_exposed_methods::check,
    write_only_fields_stay_inside::check,
    // The hooks.
    commit_hooks_are_for_writes::check,
    hooks_are_for_exposed_methods::check,
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

/// Whether a character stands in a URL as it is (RFC 3986, section 2.3).
fn is_plain_in_a_url(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "-_.~".contains(letter)
}
