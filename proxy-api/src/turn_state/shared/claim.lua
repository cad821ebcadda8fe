-- Takes the lease, if nobody has it. KEYS: lease, leases. ARGV: token, time of a lease in milliseconds, the version that
-- is known.
local lease, leases, token, lease_ms = KEYS[4], KEYS[5], ARGV[6], tonumber(ARGV[7])
prune()
redis.call('ZREMRANGEBYSCORE', leases, '-inf', now)
local holder = redis.call('GET', lease)
if holder and holder ~= token then
  return answer('busy')
end
-- A turn takes no room until it leaves something, but what all running turns leave has to fit.
if not holder and redis.call('ZCARD', leases) >= most then
  return answer('full')
end
redis.call('SET', lease, token, 'PX', lease_ms)
redis.call('ZADD', leases, now + lease_ms, member)
outlive(leases, lease_ms + 60000)
local version = redis.call('HGET', value, 'version')
if not version or not redis.call('ZSCORE', expiry, member) then
  redis.call('DEL', value)
  return answer(tombstone(member) and 'gone' or 'nothing')
end
hold(member)
touch(math.max(lease_ms, idle_ms))
if version == ARGV[8] then
  return answer('unchanged')
end
return answer('state', version, redis.call('HGET', value, 'sealed'))
