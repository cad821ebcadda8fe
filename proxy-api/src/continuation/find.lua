-- Finds a map, which lives on then. KEYS: expiry, sizes, value. ARGV: member, idle time in milliseconds, the version
-- that is known.
local value = KEYS[3]
local version = redis.call('HGET', value, 'version')
if not version or not redis.call('ZSCORE', expiry, member) then
  return answer('nothing')
end
touch(value, tonumber(ARGV[2]))
if version == ARGV[3] then
  return answer('unchanged')
end
return answer('found', version, redis.call('HGET', value, 'sealed'))
