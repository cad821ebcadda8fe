-- Takes the lease, if nobody has it. KEYS: expiry, sizes, lease, value. ARGV: member, token, lease and idle time in
-- milliseconds, most entries, most bytes, bytes of an entry without a state, the version that is known.
local lease, value, token = KEYS[3], KEYS[4], ARGV[2]
local lease_ms, idle_ms = tonumber(ARGV[3]), tonumber(ARGV[4])
prune()
local holder = redis.call('GET', lease)
if holder and holder ~= token then
  return answer('busy')
end
if not redis.call('ZSCORE', expiry, member) then
  redis.call('DEL', value)
  local bytes = tonumber(ARGV[7])
  if redis.call('ZCARD', expiry) >= tonumber(ARGV[5]) or size('total') + bytes > tonumber(ARGV[6]) then
    return answer('full')
  end
  resize(member, bytes)
end
redis.call('SET', lease, token, 'PX', lease_ms)
local version = redis.call('HGET', value, 'version')
if not version then
  touch(value, lease_ms)
  return answer('nothing')
end
touch(value, math.max(lease_ms, idle_ms))
if version == ARGV[8] then
  return answer('unchanged')
end
return answer('state', version, redis.call('HGET', value, 'sealed'))
