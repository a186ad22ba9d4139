//! The words that stand for themselves in attributes, as items: an editor completes them, and shows what they mean.
//!
//! It does not know what the macro makes of them.

/// A module of empty modules, which cost nothing and have a documentation each.
macro_rules! words {
    ($(#[$doc:meta])* $list:ident: $($word:ident $means:literal,)*) => {
        $(#[$doc])*
        pub mod $list {
            $(#[doc = $means] pub mod $word {})*
        }
    };
}

words! {
    /// The keys of a struct, but for `crate`, which nothing can be called.
    of_a_struct:
    table "`table = \"books\"`: the name of the table.",
    url_prefix "`url_prefix = \"/api/v1\"`: what the path begins with.",
    url_name "`url_name = \"books\"`: the last part of the path.",
    methods "`methods(get, list, post)`: what can be done; all else is answered by 405.",
    rename_all "`rename_all = \"camelCase\"`: the case of all names in JSON and URLs.",
    serial_fields "`serial_fields = [id, label()]` or `serial_fields(get = [..], list = [..])`: what goes out, in that order.",
    serial_field_relations "`serial_field_relations(author = [first_name])`: what goes out of related records.",
    relations "`relations(author(belongs_to = Author, by = author_id))`: the related resources.",
    process_input "`process_input(post = path)`: hooks before anything is looked up or written.",
    before_commit "`before_commit(post = path)`: hooks inside the transaction.",
    after_commit "`after_commit(post = path, put(path, best_effort))`: hooks behind the commit, durable unless it says otherwise.",
    collection "`collection(filter = [..], order_by = [..])`: what may be asked of the list.",
    authorize "`authorize = path`: the policy, which says who may do what with which records.",
    envelope "`envelope = \"none\"`: what stands around the records of a body.",
    doc "`doc(post = \"..\")`: what the documentation says of a method.",
}

words! {
    /// The keys of a field.
    of_a_field:
    primary_key "The key of the record, or a part of it.",
    column "`column = \"isbn\"`: the name in the table.",
    rename "`rename = \"isbn\"`: the name in JSON and URLs.",
    default "`default = Uuid::now_v7`: the value when none is given; alone, that of the type.",
    max_length "`max_length = 100`: the most characters.",
    min_length "`min_length = 1`: the fewest characters.",
    minimum "`minimum = 1450`: the least number.",
    maximum "`maximum = 2100`: the greatest number.",
    pattern "`pattern = r\"^[A-Z]+$\"`: the regular expression that a text matches.",
    format "`format = \"email\"`: the form of a text.",
    unique "No two records have the same value.",
    index "The table finds records by it quickly.",
    references "`references = Author`: the resource whose key it holds.",
    read_only "It goes out, and does not exist in input.",
    write_only "It comes in, and never goes out.",
    on_update "`on_update = Utc::now`: what it becomes with every change.",
    version "It counts the changes: the entity tag, and the optimistic lock.",
    json "Any type of serde, stored and sent as JSON.",
    skip "It is no column.",
}

words! {
    /// The keys of an enum, but for `crate`.
    of_an_enum:
    rename_all "`rename_all = \"camelCase\"`: the case of all names on the wire and in the table.",
}

words! {
    /// The key of a variant.
    of_a_variant:
    rename "`rename = \"DONE\"`: the name on the wire and in the table.",
}

words! {
    /// The keys of a relation.
    of_a_relation:
    belongs_to "`belongs_to = Author`: one record, whose key is kept here.",
    has_many "`has_many = Chapter`: the records that keep the key of this one.",
    has_one "`has_one = Cover`: the one record that keeps the key of this one.",
    by "`by = author_id`: the field that keeps the key.",
}

words! {
    /// The keys of a collection.
    of_a_collection:
    filter "`filter = [title]`: the columns that may be filtered by.",
    sort "`sort = [title]`: the columns that may be sorted by.",
    order_by "`order_by = [-pub_year]`: the order when none is asked for; a minus is largest first.",
    search "`search = [title]`: the columns that `q=` looks through.",
    page_size "`page_size = 50`: the records of a page when nothing is asked for.",
    max_page_size "`max_page_size = 200`: the most records of a page.",
}

words! {
    /// The methods of a resource.
    methods:
    get "One record.",
    list "The collection.",
    post "A new record.",
    put "All of a record.",
    patch "A part of a record.",
    delete "No record any more.",
}

words! {
    /// How a hook behind the commit is delivered.
    deliveries:
    best_effort "It runs once, and nothing is stored for it.",
}
