// Books in SQLite by better-sqlite3: every statement is prepared once and runs on the process's one thread.

import Database from 'better-sqlite3'
import { change, list } from './statements.js'

const place = () => '?'

export function connect(path) {
  const database = new Database(path, { timeout: 60000 })
  for (const setting of ['journal_mode = WAL', 'synchronous = FULL', 'foreign_keys = ON', 'mmap_size = 268435456', 'temp_store = MEMORY']) {
    database.pragma(setting)
  }
  return database
}

// Makes the table where there is none, and fills it where it is empty.
export function prepare(path, rows) {
  const database = connect(path)
  database.exec(`
    CREATE TABLE IF NOT EXISTS books (
      id INTEGER PRIMARY KEY, title TEXT NOT NULL, subtitle TEXT, pub_year INTEGER NOT NULL, pages INTEGER,
      price REAL NOT NULL, available INTEGER NOT NULL, created_at TEXT NOT NULL);
    CREATE INDEX IF NOT EXISTS books_pub_year ON books (pub_year)`)
  if (rows > 0 && database.prepare('SELECT 1 FROM books LIMIT 1').get() === undefined) {
    database.prepare(`
      WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < ?)
      INSERT INTO books
      SELECT i, 'Title ' || i, CASE WHEN i % 3 <> 0 THEN 'Subtitle ' || i END, 1900 + i % 125,
        CASE WHEN i % 5 <> 0 THEN 100 + i % 900 END, (i % 10000) / 100.0, i % 2 = 0, ?
      FROM numbers`).run(rows, new Date().toISOString())
  }
  database.close()
}

export function open(path) {
  const database = connect(path)
  const prepared = new Map()
  const statement = (sql) => {
    let found = prepared.get(sql)
    if (found === undefined) {
      found = database.prepare(sql)
      prepared.set(sql, found)
    }
    return found
  }
  const getOne = database.prepare('SELECT * FROM books WHERE id = ?')
  const insert = database.prepare(
    'INSERT INTO books (title, subtitle, pub_year, pages, price, available, created_at) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING *')
  const remove = database.prepare('DELETE FROM books WHERE id = ?')
  return {
    get: (id) => getOne.get(id),
    list: (query) => {
      const { sql, values } = list(query, place)
      return statement(sql).all(values)
    },
    post: (book) =>
      insert.get(book.title, book.subtitle ?? null, book.pub_year, book.pages ?? null, book.price, book.available ? 1 : 0, new Date().toISOString()),
    patch: (id, patch) => {
      if (patch.available !== undefined) patch.available = patch.available ? 1 : 0
      const { sql, values } = change(id, patch, place)
      return statement(sql).get(values)
    },
    remove: (id) => remove.run(id).changes,
  }
}
