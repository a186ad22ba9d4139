//! The derive on text that breaks off or lacks a word anywhere, as an editor gives it with every key that is pressed.
//!
//! It does not know what is said of it; each message's tests stand beside the rule.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::quote;
use syn::{Expr, Item, Stmt};

use crate::pipeline;
use crate::reader::Reader;
use crate::testing::parsed;

/// Every key of a struct, each with all that it can be given.
fn struct_keys() -> TokenStream {
    quote! {
        table = "books", url_prefix = "/api", url_name = "works", envelope = "none",
        methods(get, list, post, put, patch, delete), rename_all = "camelCase",
        serial_fields(get = [id, title, r#type, label(), author], list = [id], post = jobs::Job[id, status()]),
        serial_field_relations(author = [first_name, full_name()], get(chapters = [id])),
        relations(
            author(belongs_to = crate::Author, by = author_id),
            chapters(has_many = Chapter, by = book_id),
            sequel(has_one = Self, by = r#type),
        ),
        process_input(post = check_isbn, list = <Self as Checks<u8, u8>>::only_mine),
        before_commit(delete = Self::mark_inactive, put = ::other::stamp::<u8, u8>),
        after_commit(post = crate::jobs::submit_job, put(announce, best_effort)),
        collection(
            filter = [title, author_id], sort = [title], order_by = [-pub_year, title], search = [title],
            page_size = 50, max_page_size = 200,
        ),
        authorize = Self::librarians,
        doc(post = "Orders a book.", get = "Shows one."),
    }
}

/// Every key of a field.
fn field_keys() -> TokenStream {
    quote! {
        primary_key, column = "isbn", rename = "number", default = Pair::<u8, u8>::new(1, "x"), max_length = 100,
        min_length = 1, minimum = -1.5, maximum = 1 << 4, pattern = r"^\d+$", format = "email", unique, index,
        references = crate::Author, read_only, write_only, on_update = Utc::now, version, json, skip,
    }
}

/// Every key of an enum, and of a variant.
fn enum_keys() -> TokenStream {
    quote!(rename_all = "SCREAMING_SNAKE_CASE", rename = "DONE", rename)
}

/// Each key alone.
fn each(keys: TokenStream) -> Vec<TokenStream> {
    let tokens: Vec<TokenTree> = keys.into_iter().collect();
    let is_comma =
        |token: &TokenTree| matches!(token, TokenTree::Punct(comma) if comma.as_char() == ',');
    let keys = tokens.split(is_comma);
    keys.map(|key| key.iter().cloned().collect()).collect()
}

/// A struct that has these two.
fn resource(on_struct: &TokenStream, on_field: &TokenStream) -> TokenStream {
    quote! {
        #[resource(#on_struct)]
        struct Book {
            id: Uuid,
            title: String,
            pub_year: i32,
            r#type: i32,
            #[resource(#on_field)]
            author_id: Uuid,
        }
    }
}

/// What is left of `written` when it breaks off behind any word; what is open is closed, as editors do.
fn broken_off(written: &TokenStream) -> Vec<TokenStream> {
    let tokens: Vec<TokenTree> = written.clone().into_iter().collect();
    let behind = (0..=tokens.len()).map(|end| tokens[..end].iter().cloned().collect());
    let inside = inside_groups(&tokens, broken_off).map(|(place, group)| {
        let before = tokens[..place].iter().cloned();
        before.chain([group]).collect()
    });
    behind.chain(inside).collect()
}

/// What is left of `written` when any one word is missing, or stands there twice; the rest follows.
fn with_a_slip(written: &TokenStream) -> Vec<TokenStream> {
    let tokens: Vec<TokenTree> = written.clone().into_iter().collect();
    let instead = |place: usize, by: Vec<TokenTree>| -> TokenStream {
        let (before, after) = (&tokens[..place], &tokens[place + 1..]);
        let before = before.iter().cloned();
        before.chain(by).chain(after.iter().cloned()).collect()
    };
    let missing = (0..tokens.len()).map(|place| instead(place, Vec::new()));
    let twice = (0..tokens.len()).map(|place| instead(place, vec![tokens[place].clone(); 2]));
    let inside =
        inside_groups(&tokens, with_a_slip).map(|(place, group)| instead(place, vec![group]));
    missing.chain(twice).chain(inside).collect()
}

/// Each group, as often as `change` finds something that may stand in it.
fn inside_groups(
    tokens: &[TokenTree],
    change: fn(&TokenStream) -> Vec<TokenStream>,
) -> impl Iterator<Item = (usize, TokenTree)> {
    tokens.iter().enumerate().flat_map(move |(place, token)| {
        let TokenTree::Group(group) = token else {
            return Vec::new();
        };
        let changed = change(&group.stream()).into_iter();
        let regrouped = |stream| TokenTree::Group(Group::new(group.delimiter(), stream));
        changed.map(|stream| (place, regrouped(stream))).collect()
    })
}

type Derive = fn(TokenStream, Reader) -> TokenStream;

/// What is made of `item` for each reader: without a panic, as Rust that parses, and with the impls that the rest of a
/// program needs.
fn assert_has_impls(item: &TokenStream, derive: Derive, of: &[&str]) {
    for reader in [Reader::Compiler, Reader::Editor] {
        let code = derive(item.clone(), reader);
        let text = code.to_string();
        assert!(!text.contains("a bug in TopChef"), "{item}\n{text}");
        let file: syn::File = parsed(syn::parse2(code));
        let traits: Vec<_> = file.items.iter().flat_map(traits_in_block).collect();
        for of in of {
            let impls = traits.iter().filter(|name| *name == of);
            assert_eq!(impls.count(), 1, "{item}\n{text}");
        }
    }
}

/// The names of the traits of which there are impls in a block.
fn traits_in_block(block: &Item) -> Vec<String> {
    let statements = match block {
        Item::Const(block) => match &*block.expr {
            Expr::Block(block) => block.block.stmts.as_slice(),
            _ => &[],
        },
        _ => &[],
    };
    let of = statements.iter().filter_map(|statement| match statement {
        Stmt::Item(Item::Impl(code)) => code.trait_.as_ref(),
        _ => None,
    });
    let names = of.filter_map(|(path, _)| path.segments.last());
    names.map(|last| last.ident.to_string()).collect()
}

fn assert_is_a_resource(item: &TokenStream) {
    assert_has_impls(item, pipeline::resource, &["ModelResource", "Hooked"]);
}

#[test]
fn a_struct_whose_keys_break_off_stays_a_resource() {
    let (on_struct, on_field) = (struct_keys(), field_keys());
    for on_struct in broken_off(&on_struct) {
        assert_is_a_resource(&resource(&on_struct, &TokenStream::new()));
    }
    for on_field in broken_off(&on_field) {
        assert_is_a_resource(&resource(&TokenStream::new(), &on_field));
    }
}

#[test]
fn a_struct_of_whose_keys_one_lacks_a_word_stays_a_resource() {
    for on_struct in each(struct_keys()).iter().flat_map(with_a_slip) {
        assert_is_a_resource(&resource(&on_struct, &TokenStream::new()));
    }
    for on_field in each(field_keys()).iter().flat_map(with_a_slip) {
        assert_is_a_resource(&resource(&TokenStream::new(), &on_field));
    }
}

#[test]
fn words_that_rust_keeps_for_itself_leave_a_resource() {
    for word in [
        "type", "r#fn", "_", "self", "Self", "super", "crate", "7", "'a",
    ] {
        let word: TokenStream = parsed(word.parse().map_err(syn::Error::from));
        for on_struct in [
            quote!(methods(#word), doc(#word = "x"), table = #word, rename_all = #word),
            quote!(serial_fields = [#word, #word()], collection(filter = [#word], order_by = [-#word])),
            quote!(relations(#word(belongs_to = #word, by = #word)), serial_field_relations(#word = [#word])),
            quote!(before_commit(#word = #word, put = #word, post(#word, #word)), authorize = #word),
        ] {
            assert_is_a_resource(&resource(
                &on_struct,
                &quote!(#word, references = #word, default = #word),
            ));
        }
    }
}

#[test]
fn keys_of_one_thing_at_the_other_leave_a_resource() {
    assert_is_a_resource(&resource(&field_keys(), &struct_keys()));
    assert_is_a_resource(&resource(&enum_keys(), &enum_keys()));
}

#[test]
fn an_enum_whose_keys_break_off_stays_the_type_of_a_column() {
    let keys = enum_keys();
    for keys in broken_off(&keys).into_iter().chain(with_a_slip(&keys)) {
        let item = quote! {
            #[resource(#keys)]
            enum Status { Registered, #[resource(#keys)] Done }
        };
        assert_has_impls(&item, pipeline::enumeration, &["ColumnType"]);
    }
}

#[test]
fn a_group_of_any_kind_is_no_reason_to_give_up() {
    let tokens: Vec<TokenTree> = struct_keys().into_iter().collect();
    let groups = [
        Delimiter::Parenthesis,
        Delimiter::Bracket,
        Delimiter::Brace,
        Delimiter::None,
    ];
    for delimiter in groups {
        let other = |token: TokenTree| match token {
            TokenTree::Group(group) => Group::new(delimiter, group.stream()).into(),
            token => token,
        };
        let on_struct = tokens.iter().cloned().map(other).collect();
        assert_is_a_resource(&resource(&on_struct, &TokenStream::new()));
    }
}
