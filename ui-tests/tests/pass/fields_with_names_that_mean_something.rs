use topchef_runtime::{Database, ModelResource};

#[derive(ModelResource)]
#[resource(serial_fields = [id, r#type, r#match, self_, tx, row, data, value, cx, out, index, hooks, describe()])]
struct Thing {
    id: i64,
    #[resource(default = "plain")]
    r#type: String,
    #[resource(default)]
    r#match: bool,
    self_: i32,
    tx: i32,
    row: i32,
    data: i32,
    value: i32,
    cx: i32,
    out: i32,
    index: i32,
    hooks: i32,
    descriptor: i32,
    from_row: i32,
    record: i32,
    column: i32,
}

impl Thing {
    fn describe(&self) -> i32 {
        self.self_ + self.tx + self.row + self.data + self.value + self.cx + self.out
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let database = Database::temporary().await?;
    database.create_tables::<Thing>().await?;
    let thing = Thing {
        id: 0,
        r#type: "rare".to_owned(),
        r#match: true,
        self_: 1,
        tx: 2,
        row: 3,
        data: 4,
        value: 5,
        cx: 6,
        out: 7,
        index: 8,
        hooks: 9,
        descriptor: 10,
        from_row: 11,
        record: 12,
        column: 13,
    };
    let mut tx = database.transaction().await?;
    let thing = tx.insert(&thing).await?;
    tx.commit().await?;
    let found = database
        .select::<Thing>()
        .filter(Thing::TYPE.eq("rare"))
        .first()
        .await?;
    let found = found.ok_or("it was just written")?;
    assert!(found.r#match);
    assert_eq!(found.describe(), 28);
    let json: serde_json::Value =
        serde_json::from_slice(&thing.to_json(topchef_runtime::descriptor::Method::Get)?)?;
    assert_eq!(
        (&json["type"], &json["describe"]),
        (&"rare".into(), &28.into())
    );
    Ok(())
}
