-- wrk script: the same MCP request again and again, every answer checked.
-- Environment: BENCH_METHOD tools/call | tools/list, BENCH_TOOL, BENCH_TOKEN (bearer, may be empty),
-- BENCH_LISTED (tools a tools/list answer must hold). The last line printed is JSON for load.py.

local method = os.getenv("BENCH_METHOD")
local token = os.getenv("BENCH_TOKEN") or ""
local listed = tonumber(os.getenv("BENCH_LISTED") or "0")
local text = string.rep("abcdefgh ijklmno", 16) -- 256 bytes

local params = "{}"
if method == "tools/call" then
  params = '{"name":"' .. os.getenv("BENCH_TOOL") .. '","arguments":{"text":"' .. text .. '"}}'
end

wrk.method = "POST"
wrk.body = '{"jsonrpc":"2.0","id":7,"method":"' .. method .. '","params":' .. params .. "}"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Accept"] = "application/json, text/event-stream"
wrk.headers["MCP-Protocol-Version"] = "2025-11-25"
if token ~= "" then wrk.headers["Authorization"] = "Bearer " .. token end

local function has(body, part) return body:find(part, 1, true) ~= nil end

local function count(body, part)
  local found, at = 0, body:find(part, 1, true)
  while at do
    found = found + 1
    at = body:find(part, at + #part, true)
  end
  return found
end

local function is_right(status, body)
  if status ~= 200 or has(body, '"error":{') or has(body, '"isError":true') then return false end
  if method == "tools/list" then return count(body, '"inputSchema":') >= listed end
  return has(body, '"id":7') and has(body, text)
end

bad = 0
function response(status, _, body)
  if not is_right(status, body) then
    bad = bad + 1
    if bad == 1 then io.stderr:write("first bad answer: " .. status .. " " .. body:sub(1, 300) .. "\n") end
  end
end

local threads = {}
function setup(thread) table.insert(threads, thread) end

function done(summary, latency)
  local wrong = 0
  for _, thread in ipairs(threads) do wrong = wrong + thread:get("bad") end
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"duration_s":%.6f,"p50_ms":%.3f,"p99_ms":%.3f,"bad":%d,"socket_errors":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, wrong,
    errors.connect + errors.read + errors.write + errors.timeout))
end
