-- What every script of an index begins with: how many entries there are, how large they are and when each expires.
-- The index is right where it and a value's own expiry differ. Members are keyed hashes, `total` is the sum of sizes.
local expiry, sizes, member = KEYS[1], KEYS[2], ARGV[1]
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

local function size(name)
  return tonumber(redis.call('HGET', sizes, name) or 0)
end

local function resize(name, bytes)
  redis.call('HINCRBY', sizes, 'total', bytes - size(name))
  if bytes > 0 then
    redis.call('HSET', sizes, name, bytes)
  else
    redis.call('HDEL', sizes, name)
  end
end

local function forget(name)
  redis.call('ZREM', expiry, name)
  resize(name, 0)
end

local function prune()
  repeat
    local gone = redis.call('ZRANGEBYSCORE', expiry, '-inf', now, 'LIMIT', 0, 256)
    for _, name in ipairs(gone) do
      forget(name)
    end
  until #gone == 0
  if redis.call('EXISTS', expiry) == 0 then
    redis.call('DEL', sizes)
  end
end

-- The member and its value live so much longer; the index outlives them all, and then goes too.
local function touch(value, milliseconds)
  redis.call('ZADD', expiry, now + milliseconds, member)
  redis.call('PEXPIRE', value, milliseconds)
  for _, key in ipairs({ expiry, sizes }) do
    if redis.call('PTTL', key) < milliseconds + 60000 then
      redis.call('PEXPIRE', key, milliseconds + 60000)
    end
  end
end

local function answer(what, version, sealed)
  return { what, redis.call('ZCARD', expiry), size('total'), version or false, sealed or false }
end
