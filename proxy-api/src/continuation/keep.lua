-- Keeps a map, and forgets those that were used longest ago where there is no room. KEYS: expiry, sizes, value.
-- ARGV: member, idle time in milliseconds, version, sealed map, bytes of the entry, most entries, most bytes, what the
-- keys of values begin with.
local value, bytes = KEYS[3], tonumber(ARGV[5])
prune()
redis.call('DEL', value)
forget(member)
while redis.call('ZCARD', expiry) >= tonumber(ARGV[6]) or size('total') + bytes > tonumber(ARGV[7]) do
  local oldest = redis.call('ZPOPMIN', expiry)[1]
  if not oldest then
    return answer('too large')
  end
  resize(oldest, 0)
  redis.call('DEL', ARGV[8] .. oldest)
end
redis.call('HSET', value, 'version', ARGV[3], 'sealed', ARGV[4])
resize(member, bytes)
touch(value, tonumber(ARGV[2]))
return answer('kept')
