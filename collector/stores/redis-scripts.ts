// The Lua scripts of the Redis store, one for each thing that must happen as a whole, and the keys that they use.
import { defineScript } from './redis-client.ts';

/** Keys of one part; its name in braces is the hash tag, so all of them live in one slot of a cluster. */
export interface PartKeys {
  /** Hash: version, position, token of the last commit, epoch, nextName. */
  readonly head: string;
  /** Hash: number → "day name" of an instance or SLO. */
  readonly names: string;
  /** Set of slab numbers that have a journal or blocks; -1 is coverage. */
  readonly slabs: string;
  /** List of what commits changed in a slab and nobody has folded yet. */
  readonly journal: (slab: number) => string;
  /** Hash: "number key" → block of cells; of coverage: SLO → intervals. */
  readonly blocks: (slab: number) => string;
}

/** Braces in a part's name would end the hash tag early: the name is escaped. */
export function partKeys(prefix: string, part: string): PartKeys {
  const base = `${prefix}:{${encodeURIComponent(part)}}`;
  return {
    head: `${base}:head`,
    names: `${base}:names`,
    slabs: `${base}:slabs`,
    journal: (slab) => `${base}:journal:${slab}`,
    blocks: (slab) => `${base}:blocks:${slab}`,
  };
}

/** A part as of one moment, also while the server is short of memory. Keys: head, names. */
export const LOAD = defineScript(`
return {
  redis.call('HMGET', KEYS[1], 'version', 'epoch', 'token', 'nextName'),
  redis.call('HGETALL', KEYS[2]),
}
`);

/**
 * One commit. Keys: head, names, slabs, journals. Arguments: version, next version, epoch, token, position, nextName,
 * number of names, then number and text of each, then slab and entry for each journal.
 * Answers done (this very commit was applied before), stale, epoch (names or blocks changed since they were read),
 * or ok with the lengths of the journals.
 */
export const COMMIT = defineScript(`
local head = redis.call('HMGET', KEYS[1], 'version', 'epoch', 'token')
if head[3] == ARGV[4] then return {'done'} end
if (head[1] or '0') ~= ARGV[1] then return {'stale', head[1] or '0'} end
if (head[2] or '0') ~= ARGV[3] then return {'epoch'} end
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'token', ARGV[4], 'position', ARGV[5], 'nextName', ARGV[6])
local at = 8
for _ = 1, tonumber(ARGV[7]) do
  redis.call('HSET', KEYS[2], ARGV[at], ARGV[at + 1])
  at = at + 2
end
local answer = {'ok'}
for journal = 4, #KEYS do
  redis.call('SADD', KEYS[3], ARGV[at])
  answer[#answer + 1] = redis.call('RPUSH', KEYS[journal], ARGV[at + 1])
  at = at + 2
end
return answer
`);

/**
 * Blocks instead of the journal entries folded into them. Keys: head, slabs, journal, blocks. Arguments: epoch, slab,
 * number of entries, number of blocks to write, then field and bytes of each, then fields to delete.
 * Answers the new epoch, or false when blocks changed since they were read.
 */
export const FOLD = defineScript(`
if (redis.call('HGET', KEYS[1], 'epoch') or '0') ~= ARGV[1] then return false end
redis.call('LTRIM', KEYS[3], ARGV[3], -1)
local at = 5
for _ = 1, tonumber(ARGV[4]) do
  redis.call('HSET', KEYS[4], ARGV[at], ARGV[at + 1])
  at = at + 2
end
for field = at, #ARGV do redis.call('HDEL', KEYS[4], ARGV[field]) end
if redis.call('EXISTS', KEYS[3], KEYS[4]) == 0 then redis.call('SREM', KEYS[2], ARGV[2]) end
return redis.call('HINCRBY', KEYS[1], 'epoch', 1)
`);

/** Forgets names without counts. Keys: head, names. Arguments: epoch, numbers. Answers like a fold. */
export const FORGET = defineScript(`
if (redis.call('HGET', KEYS[1], 'epoch') or '0') ~= ARGV[1] then return false end
for name = 2, #ARGV do redis.call('HDEL', KEYS[2], ARGV[name]) end
return redis.call('HINCRBY', KEYS[1], 'epoch', 1)
`);

/**
 * Alert states and events. Keys: records, log, times, last number, marker of this very batch, times of each event's
 * instance. Arguments: number of records, then id and JSON ('' to drop) of each, then time and JSON of each event.
 */
export const SAVE_ALERTS = defineScript(`
local at = 2
for _ = 1, tonumber(ARGV[1]) do
  if ARGV[at + 1] == '' then redis.call('HDEL', KEYS[1], ARGV[at])
  else redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 1]) end
  at = at + 2
end
if #KEYS > 5 and redis.call('SET', KEYS[5], '', 'NX', 'EX', 3600) then
  for key = 6, #KEYS do
    local event = string.format('%016d', redis.call('INCR', KEYS[4]))
    redis.call('HSET', KEYS[2], event, ARGV[at + 1])
    redis.call('ZADD', KEYS[3], ARGV[at], event)
    redis.call('ZADD', KEYS[key], ARGV[at], event)
    at = at + 2
  end
end
return 'ok'
`);

/** Lets go of a lease that is still one's own. Keys: lease. Arguments: holder. */
export const RELEASE = defineScript(`
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`);
