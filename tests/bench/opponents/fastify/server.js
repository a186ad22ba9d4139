// Books over Fastify: one process, or a cluster of them.

import cluster from 'node:cluster'
import Fastify from 'fastify'
import { book, bookPatch, key, newBook, query } from './schemas.js'

const { BOOKS_ADDRESS, BOOKS_DATABASE, BOOKS_POOL, BOOKS_ROWS } = process.env
const onPostgres = BOOKS_DATABASE.startsWith('postgres')
const { open, prepare } = await import(onPostgres ? './postgres.js' : './sqlite.js')
// On SQLite a second process only competes for the processors and for the lock.
const processes = Number(BOOKS_POOL || (onPostgres ? 2 : 1))

async function serve() {
  const books = open(BOOKS_DATABASE)
  // A value of another type is refused, and so is a field that nobody knows.
  const app = Fastify({ logger: false, ajv: { customOptions: { coerceTypes: false, removeAdditional: false, allowUnionTypes: true } } })
  const missing = (reply) => reply.code(404).send({ error: 'no such book' })
  const one = { 200: book, 201: book }

  app.get('/books/:id', { schema: { params: key, response: one } }, async (request, reply) =>
    (await books.get(Number(request.params.id))) ?? missing(reply))
  app.get('/books', { schema: { querystring: query, response: { 200: { type: 'array', items: book } } } }, async (request) =>
    books.list(request.query))
  app.post('/books', { schema: { body: newBook, response: one } }, async (request, reply) => {
    const made = await books.post(request.body)
    reply.code(201)
    return made
  })
  app.patch('/books/:id', { schema: { params: key, body: bookPatch, response: one } }, async (request, reply) => {
    const id = Number(request.params.id)
    const nothing = Object.keys(request.body).length === 0
    return (await (nothing ? books.get(id) : books.patch(id, request.body))) ?? missing(reply)
  })
  app.delete('/books/:id', { schema: { params: key } }, async (request, reply) =>
    (await books.remove(Number(request.params.id))) === 0 ? missing(reply) : reply.code(204).send())

  const colon = BOOKS_ADDRESS.lastIndexOf(':')
  await app.listen({ host: BOOKS_ADDRESS.slice(0, colon), port: Number(BOOKS_ADDRESS.slice(colon + 1)) })
}

if (cluster.isPrimary) {
  await prepare(BOOKS_DATABASE, Number(BOOKS_ROWS || 0))
  if (processes > 1) {
    process.on('SIGTERM', () => {
      for (const worker of Object.values(cluster.workers)) worker.process.kill('SIGTERM')
      process.exit(0)
    })
    for (let started = 0; started < processes; started += 1) cluster.fork()
  } else {
    await serve()
  }
} else {
  await serve()
}
