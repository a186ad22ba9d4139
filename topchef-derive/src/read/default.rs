//! `default` and `default = value`.
//!
//! It does not know the field's type.

use syn::{Expr, UnOp};

use super::key::{Form, Given, Value};
use crate::diag::Problems;
use crate::model::DefaultValue;

impl Value for DefaultValue {
    fn read(given: Given<'_>, problems: &mut Problems) -> Option<Self> {
        match given.form {
            Form::Word => Some(Self::OfType(given.key.clone())),
            Form::Value(Expr::Path(path)) => Some(Self::Path(path.clone())),
            Form::Value(value) if is_literal(value) => Some(Self::Literal(value.clone())),
            Form::Value(expression) => Some(Self::Expression(expression.clone())),
            Form::List(_) | Form::Broken(_) => {
                given.is_wrong(
                    "`default` stands alone, for the type's own, or takes an expression: write `default = ..`",
                    problems,
                );
                None
            }
        }
    }
}

fn is_literal(expression: &Expr) -> bool {
    match expression {
        Expr::Lit(_) => true,
        Expr::Unary(negative) => matches!(negative.op, UnOp::Neg(_)) && is_literal(&negative.expr),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::problems;

    #[test]
    fn a_default_is_an_expression() {
        assert_eq!(
            problems! {
                struct Book {
                    #[resource(default = Uuid::now_v7)]
                    id: Uuid,
                    #[resource(default = )]
                    title: String,
                    #[resource(default(7))]
                    pages: i32,
                    #[resource(default = Vec::<(u8, u8)>::new(), json)]
                    pairs: Vec<(u8, u8)>,
                    #[resource(default = Map::<u8, u8>::new, json)]
                    map: Map<u8, u8>,
                }
            },
            [
                "default: `default` stands alone, for the type's own, or takes an expression: write `default = ..`",
                "7: `default` stands alone, for the type's own, or takes an expression: write `default = ..`",
            ],
        );
    }
}
