-- What every script of an index begins with: which entries there are, how large they are, when each expires, and who
-- holds how much. The index is right where it and a value's own expiry differ.
--
-- A member is an owner and a slot, both keyed hashes. `sizes` also holds sums: of all, and of each owner its bytes and
-- its count. Where there is no room, whoever holds most gives up what it used longest ago, which leaves a tombstone.
-- KEYS begin with: expiry, sizes, value. ARGV begin with: member, most entries, most bytes, idle time in milliseconds,
-- what the keys of values begin with.
local expiry, sizes, value = KEYS[1], KEYS[2], KEYS[3]
local member, most, most_bytes, idle_ms = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local ranks = expiry .. ':ranks'
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

local function size(name)
  return tonumber(redis.call('HGET', sizes, name) or 0)
end

local function owner_of(name)
  return string.sub(name, 1, 16)
end

-- Those of an owner that may go, by their last use.
local function idle_of(owner)
  return expiry .. ':idle:' .. owner
end

local function graves_of(why)
  return expiry .. ':graves:' .. why
end

local function add(sum, change)
  if redis.call('HINCRBY', sizes, sum, change) == 0 then
    redis.call('HDEL', sizes, sum)
  end
end

local function rank(owner)
  if redis.call('EXISTS', idle_of(owner)) == 1 then
    local held = size('bytes:' .. owner) * most + size('count:' .. owner) * most_bytes
    redis.call('ZADD', ranks, held, owner)
  else
    redis.call('ZREM', ranks, owner)
  end
end

local function resize(name, bytes)
  local before, owner = size(name), owner_of(name)
  add('total', bytes - before)
  add('bytes:' .. owner, bytes - before)
  add('count:' .. owner, (bytes > 0 and 1 or 0) - (before > 0 and 1 or 0))
  if bytes > 0 then
    redis.call('HSET', sizes, name, bytes)
  else
    redis.call('HDEL', sizes, name)
  end
end

-- A turn has it.
local function hold(name)
  redis.call('ZREM', idle_of(owner_of(name)), name)
  rank(owner_of(name))
end

-- It was used just now, and no turn has it.
local function let_go(name)
  redis.call('ZADD', idle_of(owner_of(name)), redis.call('HINCRBY', sizes, 'uses', 1), name)
  rank(owner_of(name))
end

local function forget(name)
  redis.call('ZREM', expiry, name)
  resize(name, 0)
  hold(name)
end

local function prune()
  repeat
    local gone = redis.call('ZRANGEBYSCORE', expiry, '-inf', now, 'LIMIT', 0, 256)
    for _, name in ipairs(gone) do
      forget(name)
    end
  until #gone == 0
  if redis.call('EXISTS', expiry) == 0 then
    redis.call('DEL', sizes, ranks)
  end
end

-- A key lives so much longer at least.
local function outlive(key, milliseconds)
  if redis.call('PTTL', key) < milliseconds then
    redis.call('PEXPIRE', key, milliseconds)
  end
end

-- The member and its value live so much longer; the index outlives them all, and then goes too.
local function touch(milliseconds)
  redis.call('ZADD', expiry, now + milliseconds, member)
  redis.call('PEXPIRE', value, milliseconds)
  for _, key in ipairs({ expiry, sizes, ranks, idle_of(owner_of(member)) }) do
    outlive(key, milliseconds + 60000)
  end
end

local function tombstone(name)
  for _, why in ipairs({ 'too large', 'made room' }) do
    local ends = redis.call('ZSCORE', graves_of(why), name)
    if ends and tonumber(ends) > now then
      return why
    end
  end
end

local function unbury(name)
  redis.call('ZREM', graves_of('too large'), name)
  redis.call('ZREM', graves_of('made room'), name)
end

-- As many tombstones as entries may be.
local function bury(name, why)
  unbury(name)
  redis.call('ZADD', graves_of(why), now + idle_ms, name)
  redis.call('ZREMRANGEBYRANK', graves_of(why), 0, -(most + 1))
  outlive(graves_of(why), idle_ms)
end

-- Keeps the value in the place of what was there, or leaves a tombstone.
local function put(bytes, version, sealed)
  prune()
  redis.call('DEL', value)
  forget(member)
  local is_too_large = sealed == '' or bytes > most_bytes
  while not is_too_large
    and (redis.call('ZCARD', expiry) >= most or size('total') + bytes > most_bytes) do
    local largest = redis.call('ZRANGE', ranks, -1, -1)[1]
    if not largest then
      bury(member, 'made room')
      return 'too large'
    end
    local oldest = redis.call('ZRANGE', idle_of(largest), 0, 0)[1]
    if oldest then
      forget(oldest)
      redis.call('DEL', ARGV[5] .. string.sub(oldest, 18))
      bury(oldest, 'made room')
    else
      redis.call('ZREM', ranks, largest)
    end
  end
  if is_too_large then
    bury(member, 'too large')
    return 'too large'
  end
  unbury(member)
  redis.call('HSET', value, 'version', version, 'sealed', sealed)
  resize(member, bytes)
  let_go(member)
  touch(idle_ms)
  return 'kept'
end

local function answer(what, version, sealed)
  return { what, redis.call('ZCARD', expiry), size('total'), version or false, sealed or false }
end
