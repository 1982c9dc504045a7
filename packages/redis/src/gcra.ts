/**
 * A reservation by the generic cell rate algorithm, as `rate-limiter-flexible` calls its scripts. ARGV: permits, a
 * duration that is not used, burst, seconds in which a whole burst comes back. The key holds when it was last asked
 * for and when all that is reserved is over, in milliseconds. Answers 0 points and the wait, for it never says no.
 */
export const gcra = `
local time = redis.call('time')
local now = time[1] * 1000 + time[2] / 1000
local burst = ARGV[4] * 1000
local last, free = string.match(redis.call('get', KEYS[1]) or '', '^(%S+) (%S+)$')
last, free = tonumber(last) or now, tonumber(free) or now
if last > now then free = free - (last - now) end -- the clock was set back
free = math.max(now, free) + burst * ARGV[1] / ARGV[3]
redis.call('set', KEYS[1], string.format('%.3f %.3f', now, free), 'PX', math.ceil(free - now) + 1000)
return {0, math.max(0, math.ceil(free - burst - now))}
`;
