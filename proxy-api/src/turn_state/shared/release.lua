-- Ends the lease and leaves the state as it was. KEYS: lease, leases. ARGV: token.
local lease, leases = KEYS[4], KEYS[5]
if redis.call('GET', lease) == ARGV[6] then
  redis.call('DEL', lease)
  redis.call('ZREM', leases, member)
  if redis.call('EXISTS', value) == 1 then
    let_go(member)
    touch(idle_ms)
  end
end
return answer('released')
