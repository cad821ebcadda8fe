-- Finds a map, which lives on then. ARGV: the version that is known.
local version = redis.call('HGET', value, 'version')
if not version or not redis.call('ZSCORE', expiry, member) then
  return answer(tombstone(member) or 'nothing')
end
let_go(member)
touch(idle_ms)
if version == ARGV[6] then
  return answer('unchanged')
end
return answer('found', version, redis.call('HGET', value, 'sealed'))
