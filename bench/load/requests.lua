-- The requests of one workload, for wrk. Arguments behind "--":
--   method, mode, headers (one to a line), prefix, suffix, must, status, successor, and for modes with tokens: file, first line,
--   number of lines
-- The last line of the output is one JSON object with what was counted.

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

bad, dry = 0, 0
first_bad = ''

local method, mode, prefix, suffix, must, expected, successor, whole
local headers = {}
local tokens, head, tail = {}, 1, 0

function init(args)
  local lines, file, first, count
  method, mode, lines, prefix, suffix, must = args[1], args[2], args[3], args[4], args[5], args[6]
  expected, successor = tonumber(args[7]), args[8]
  file, first, count = args[9], tonumber(args[10]), tonumber(args[11])
  for name, value in lines:gmatch('([^:\n]+): ([^\n]+)') do headers[name] = value end
  if mode == 'fixed' then
    whole = wrk.format(method, nil, headers, prefix)
    return
  end
  local at = 0
  for token in io.lines(file) do
    at = at + 1
    if at >= first + count then break end
    if at >= first then
      tail = tail + 1
      tokens[tail] = token
    end
  end
end

local function next_token()
  local token = tokens[head]
  if token == nil then
    dry = dry + 1
    return 'none'
  end
  if mode == 'each' then
    head = head % tail + 1
  else
    tokens[head] = nil
    head = head + 1
  end
  return token
end

function request()
  if whole then return whole end
  local filled = prefix .. next_token() .. suffix
  if method == 'POST' then return wrk.format(method, nil, headers, filled) end
  headers['Authorization'] = filled
  return wrk.format(method, nil, headers)
end

function response(status, _, body)
  if status ~= expected or not body:find(must, 1, true) then
    if bad == 0 then first_bad = status .. ' ' .. body:sub(1, 300) end
    bad = bad + 1
  elseif mode == 'chain' then
    local _, before = body:find(successor, 1, true)
    tail = tail + 1
    tokens[tail] = body:sub(before + 1, body:find('"', before + 1, true) - 1)
  end
end

local function quoted(text)
  return '"' .. text:gsub('[%c"\\]', function(c) return string.format('\\u%04x', c:byte()) end) .. '"'
end

function done(summary, latency)
  local bad_sum, dry_sum, sample = 0, 0, ''
  for _, thread in ipairs(threads) do
    bad_sum = bad_sum + thread:get('bad')
    dry_sum = dry_sum + thread:get('dry')
    if sample == '' then sample = thread:get('first_bad') end
  end
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"seconds":%.6f,"p50_ms":%.3f,"p99_ms":%.3f,"broken":%d,"bad":%d,"dry":%d,"sample":%s}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    errors.connect + errors.read + errors.write + errors.timeout, bad_sum, dry_sum, quoted(sample)))
end
