-- The requests of one operation, for wrk. What they are stands in the environment:
--   BOOKS_METHOD, BOOKS_PATH, BOOKS_BODY   the request, with {id} in the path and {price} in the body where they change
--   BOOKS_FIRST, BOOKS_ROWS                the ids: so many, from this one on
--   BOOKS_ONCE                             "yes" when each id is asked for once, one after the other
--   BOOKS_RUN                              how many runs there were before
-- All that can be made before the first request is made then, so that the server is what is waited for.

local method = os.getenv("BOOKS_METHOD")
local path = os.getenv("BOOKS_PATH")
local body = os.getenv("BOOKS_BODY")
local first = tonumber(os.getenv("BOOKS_FIRST"))
local rows = tonumber(os.getenv("BOOKS_ROWS"))
local once = os.getenv("BOOKS_ONCE") == "yes"

-- A prime that is no divisor of the number of rows: steps of it reach each row before one comes again.
local STEP = 7919
-- How many bodies of a thread differ; another prime, so that a row is not given the same values again for long.
local BODIES = 997
-- A row that is given the values it has is not written by SQLite, and there is nothing to commit. So two threads, and
-- two runs that follow, have no body in common: they differ in the hundredths of the price, of which there are so many.
local HUNDREDTHS = 100

local threads = 0

function setup(thread)
   thread:set("number", threads)
   threads = threads + 1
end

local heads, bodies = {}, { "" }
local before, after
local at, id

function init()
   local headers = {}
   if body then
      headers["Content-Type"] = "application/json"
      local hundredths = (2 * tonumber(os.getenv("BOOKS_RUN")) + number) % HUNDREDTHS
      -- All of one length, which stands in the head.
      for i = 1, BODIES do
         bodies[i] = (body:gsub("{price}", string.format("%d.%02d", 1000 + i * 9, hundredths)))
      end
   end
   local text = wrk.format(method, path, headers, body and bodies[1])
   text = text:sub(1, #text - #bodies[1])
   local from, to = text:find("{id}", 1, true)
   if not from then
      heads[1] = text
   elseif once then
      before, after = text:sub(1, from - 1), text:sub(to + 1)
      -- There are two threads, each of which takes every other id.
      id = first + number - 2
   else
      for i = 1, rows do
         heads[i] = text:sub(1, from - 1) .. (first + i * STEP % rows) .. text:sub(to + 1)
      end
   end
   -- The threads begin at different places.
   at = number * math.floor(rows / 2)
end

function request()
   if once then
      id = id + 2
      return before .. id .. after
   end
   at = at + 1
   return heads[at % #heads + 1] .. bodies[at % #bodies + 1]
end

function done(summary, latency)
   local errors = summary.errors
   io.write(string.format(
      "measured %d %d %d %d %d %d %d\n",
      summary.requests, summary.duration,
      errors.connect + errors.read + errors.write + errors.timeout, errors.status,
      latency:percentile(50), latency:percentile(90), latency:percentile(99)
   ))
end
