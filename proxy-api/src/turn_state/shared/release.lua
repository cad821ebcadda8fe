-- Ends the lease and leaves the state as it was. KEYS: expiry, sizes, lease, value. ARGV: member, token, idle time in
-- milliseconds.
local lease, value = KEYS[3], KEYS[4]
if redis.call('GET', lease) == ARGV[2] then
  redis.call('DEL', lease)
  if redis.call('EXISTS', value) == 1 then
    touch(value, tonumber(ARGV[3]))
  else
    forget(member)
  end
end
return answer('released')
