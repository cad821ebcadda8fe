-- Keeps the lease. KEYS: expiry, sizes, lease, value. ARGV: member, token, lease and idle time in milliseconds.
local lease, value = KEYS[3], KEYS[4]
local lease_ms, idle_ms = tonumber(ARGV[3]), tonumber(ARGV[4])
if redis.call('GET', lease) ~= ARGV[2] then
  return answer('lost')
end
redis.call('PEXPIRE', lease, lease_ms)
if redis.call('EXISTS', value) == 1 then
  touch(value, math.max(lease_ms, idle_ms))
else
  touch(value, lease_ms)
end
return answer('held')
