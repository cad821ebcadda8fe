-- Keeps the lease. KEYS: lease, leases. ARGV: token, time of a lease in milliseconds.
local lease, leases, lease_ms = KEYS[4], KEYS[5], tonumber(ARGV[7])
if redis.call('GET', lease) ~= ARGV[6] then
  return answer('lost')
end
redis.call('PEXPIRE', lease, lease_ms)
redis.call('ZADD', leases, now + lease_ms, member)
outlive(leases, lease_ms + 60000)
if redis.call('EXISTS', value) == 1 then
  touch(math.max(lease_ms, idle_ms))
end
return answer('held')
