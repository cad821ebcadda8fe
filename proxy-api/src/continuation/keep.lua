-- Keeps a map. ARGV: version, sealed map or nothing when it is too large, bytes of the entry.
return answer(put(tonumber(ARGV[8]), ARGV[6], ARGV[7]))
