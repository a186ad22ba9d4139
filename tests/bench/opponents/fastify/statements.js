// The statements that depend on what is asked, for either database: `place` writes the place of a value.

const CONDITIONS = { title: 'title =', pub_year: 'pub_year =', pub_year_ge: 'pub_year >=', pub_year_le: 'pub_year <=' }

export function list(query, place) {
  const values = []
  let sql = 'SELECT * FROM books WHERE true'
  for (const name in CONDITIONS) {
    if (query[name] === undefined) continue
    values.push(name === 'title' ? query[name] : Number(query[name]))
    sql += ` AND ${CONDITIONS[name]} ${place(values.length)}`
  }
  // The schema lets only names of columns through.
  const order = (query.sort ?? 'id').split(',').map((field) => (field[0] === '-' ? `${field.slice(1)} DESC` : field))
  values.push(Math.min(Math.max(Number(query.limit ?? 50), 1), 200))
  sql += ` ORDER BY ${order.join(', ')} LIMIT ${place(values.length)}`
  if (query.offset !== undefined) {
    values.push(Number(query.offset))
    sql += ` OFFSET ${place(values.length)}`
  }
  return { sql, values }
}

export function change(id, patch, place) {
  const values = []
  const fields = []
  for (const name in patch) {
    values.push(patch[name])
    fields.push(`${name} = ${place(values.length)}`)
  }
  values.push(id)
  return { sql: `UPDATE books SET ${fields.join(', ')} WHERE id = ${place(values.length)} RETURNING *`, values }
}
