-- Drops a map, and the tombstone that may be in its place.
prune()
redis.call('DEL', value)
forget(member)
unbury(member)
return answer('gone')
