/**
 * KEYS: the lock, its last fencing number. ARGV: the claim, its life in milliseconds. Takes the lock if it is free, and
 * returns the fencing number: the time in milliseconds, or the last number plus one if that is greater, so that a Redis
 * that has lost its data does not start again at 1.
 */
export const takeLock = `
if redis.call('exists', KEYS[1]) == 1 then return false end
local time = redis.call('time')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local last = tonumber(redis.call('get', KEYS[2]) or '') or 0
local fence = math.max(now, last + 1)
redis.call('set', KEYS[2], string.format('%.0f', fence), 'EX', 2592000)
redis.call('set', KEYS[1], ARGV[1], 'PX', ARGV[2])
return fence
`;

/** Restarts the life of the lock, if the claim still has it; returns whether it has. */
export const renewLock = `
if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('pexpire', KEYS[1], ARGV[2])
`;

/** Releases the lock, if the claim still has it. */
export const releaseLock = `
if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('del', KEYS[1])
`;
