-- Ends the lease with a new state. KEYS: expiry, sizes, lease, value. ARGV: member, token, idle time in milliseconds,
-- version, sealed state or nothing when it is too large, bytes of the entry, most bytes.
local lease, value, version = KEYS[3], KEYS[4], ARGV[4]
local bytes = tonumber(ARGV[6])
if redis.call('GET', lease) ~= ARGV[2] then
  -- The first run of the same commit has ended the lease, when its answer was lost.
  if redis.call('HGET', value, 'version') == version then
    return answer('kept')
  end
  return answer('lost')
end
prune()
redis.call('DEL', lease)
if ARGV[5] == '' or size('total') - size(member) + bytes > tonumber(ARGV[7]) then
  redis.call('DEL', value)
  forget(member)
  return answer('too large')
end
redis.call('HSET', value, 'version', version, 'sealed', ARGV[5])
resize(member, bytes)
touch(value, tonumber(ARGV[3]))
return answer('kept')
