/**
 * A reservation by the generic cell rate algorithm, in the calling convention of `rate-limiter-flexible`. ARGV:
 * permits, a duration that is not used, burst, seconds in which a whole burst is refilled. The key contains the time of
 * the last request and the time when all reservations have elapsed, in milliseconds. Returns 0 points and the wait,
 * because it never refuses.
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
