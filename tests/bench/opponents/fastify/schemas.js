// What a book looks like: as it comes in, as it goes out, and how its list is asked for.

const given = {
  title: { type: 'string', maxLength: 100 },
  subtitle: { type: ['string', 'null'], maxLength: 200 },
  pub_year: { type: 'integer', minimum: 1450, maximum: 2147483647 },
  pages: { type: ['integer', 'null'] },
  price: { type: 'number' },
  available: { type: 'boolean' },
}

export const book = {
  type: 'object',
  properties: {
    id: { type: 'integer' },
    title: { type: 'string' },
    subtitle: { type: ['string', 'null'] },
    pub_year: { type: 'integer' },
    pages: { type: ['integer', 'null'] },
    price: { type: 'number' },
    available: { type: 'boolean' },
    created_at: { type: 'string' },
  },
}

export const newBook = {
  type: 'object',
  properties: given,
  required: ['title', 'pub_year', 'price', 'available'],
  additionalProperties: false,
}

export const bookPatch = { type: 'object', properties: given, additionalProperties: false }

export const key = { type: 'object', properties: { id: { type: 'string', pattern: '^[0-9]{1,15}$' } } }

export const query = {
  type: 'object',
  properties: {
    title: { type: 'string' },
    pub_year: { type: 'string', pattern: '^[0-9]{1,9}$' },
    pub_year_ge: { type: 'string', pattern: '^[0-9]{1,9}$' },
    pub_year_le: { type: 'string', pattern: '^[0-9]{1,9}$' },
    sort: { type: 'string', pattern: '^-?(id|title|subtitle|pub_year|pages|price|available|created_at)(,-?(id|title|subtitle|pub_year|pages|price|available|created_at))*$' },
    limit: { type: 'string', pattern: '^[0-9]{1,9}$' },
    offset: { type: 'string', pattern: '^[0-9]{1,9}$' },
  },
  additionalProperties: false,
}
