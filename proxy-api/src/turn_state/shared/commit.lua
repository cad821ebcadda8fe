-- Ends the lease with a new state. KEYS: lease, leases. ARGV: token, version, sealed state or nothing when it is too
-- large, bytes of the entry.
local lease, leases, version = KEYS[4], KEYS[5], ARGV[7]
if redis.call('GET', lease) ~= ARGV[6] then
  -- The first run of the same commit has ended the lease, when its answer was lost.
  if redis.call('HGET', value, 'version') == version then
    return answer('kept')
  end
  return answer('lost')
end
redis.call('DEL', lease)
redis.call('ZREM', leases, member)
return answer(put(tonumber(ARGV[9]), version, ARGV[8]))
