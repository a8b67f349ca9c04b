-- The requests wrk sends, from the environment: ROUTE (token, history, floor, cycle,
-- heartbeat) and CALLERS, a file of lines "mentorship-id cookie". Counts every response
-- other than 200.
local callers = {}
for line in io.lines(os.getenv("CALLERS")) do
  local id, cookie = line:match("^(%S+) (.+)$")
  callers[#callers + 1] = { id = id, cookie = cookie }
end
local route = os.getenv("ROUTE")
local threads = {}

function setup(thread)
  thread:set("number", #threads)
  threads[#threads + 1] = thread
end

function init(args)
  at = number * 7919
  refused = 0
  calls = {}
end

local function post(path, caller, body)
  return wrk.format("POST", path, { ["Content-Type"] = "application/json", ["Cookie"] = caller.cookie }, body)
end

function request()
  at = at + 1
  local caller = callers[at % #callers + 1]
  if route == "history" then
    return wrk.format("GET", "/api/video-call/history?limit=20", { ["Cookie"] = caller.cookie })
  end
  if route == "cycle" and #calls > 0 then
    local call = table.remove(calls, 1)
    return post("/api/video-call/end", call.caller, '{"callId":"' .. call.id .. '"}')
  end
  if route == "heartbeat" and caller.call then
    return post("/api/video-call/heartbeat", caller, '{"callId":"' .. caller.call .. '"}')
  end
  local path = (route == "cycle" or route == "heartbeat") and "start" or "token"
  return post("/api/video-call/" .. path, caller, '{"mentorshipId":"' .. caller.id .. '"}')
end

local by_mentorship = {}
for _, caller in ipairs(callers) do
  by_mentorship[caller.id] = caller
end

function response(status, headers, body)
  if status ~= 200 then
    refused = refused + 1
  elseif route == "cycle" or route == "heartbeat" then
    local id, mentorship = body:match('"callId": *"([^"]+)"'), body:match('"mentorshipId": *"([^"]+)"')
    if mentorship and route == "heartbeat" then
      by_mentorship[mentorship].call = id
    elseif mentorship then
      calls[#calls + 1] = { id = id, caller = by_mentorship[mentorship] }
    end
  end
end

function done(summary, latency, requests)
  local refused_sum = 0
  for _, thread in ipairs(threads) do
    refused_sum = refused_sum + thread:get("refused")
  end
  local errors = summary.errors
  io.write(string.format("RESULT %.0f %.2f %.2f %d\n", summary.requests / (summary.duration / 1e6),
    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    refused_sum + errors.connect + errors.read + errors.write + errors.timeout))
end
