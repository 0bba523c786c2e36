-- Lists, asked for without a pause, for wrk. Arguments behind "--": a file of access tokens, and addresses of lists. Every
-- address is asked with every token in turn. The last line of the output is one JSON object: how many answers had each
-- status.

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

answers = ''

local counts, requests, sent = {}, {}, 0

function init(args)
  for token in io.lines(args[1]) do
    for i = 2, #args do
      table.insert(requests, wrk.format('GET', args[i], { Authorization = 'Bearer ' .. token }))
    end
  end
end

function request()
  sent = sent + 1
  return requests[(sent - 1) % #requests + 1]
end

function response(status)
  counts[status] = (counts[status] or 0) + 1
  local all = {}
  for of, count in pairs(counts) do table.insert(all, string.format('"%d":%d', of, count)) end
  answers = table.concat(all, ',')
end

function done()
  io.write('{', threads[1]:get('answers'), '}\n')
end
