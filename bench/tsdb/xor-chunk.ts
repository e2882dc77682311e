// Writes samples as Prometheus keeps them in a chunk: delta-of-delta times and XORed values, bit by bit (encoding 1).

/** Samples that Prometheus puts into a chunk. */
export const CHUNK_SAMPLES = 120;

/** Room that any chunk fits in: a sample takes at most 68 bits of time and 77 of value. */
const LARGEST_CHUNK = 32 + CHUNK_SAMPLES * 19;

export interface ChunkWriter {
  /** The chunk of samples `[from, to)`, at most 120, times ascending in milliseconds; overwritten by the next call. */
  encode(times: Float64Array, values: Float64Array, from: number, to: number): Uint8Array;
}

export function createChunkWriter(): ChunkWriter {
  const bytes = new Uint8Array(LARGEST_CHUNK);
  const word = new DataView(new ArrayBuffer(8));
  /** Bits written so far. */
  let at = 0;

  /** The lowest `count` (1…32) bits of a 32-bit number. */
  function bits(value: number, count: number): void {
    let left = count;
    while (left > 0) {
      const index = at >>> 3;
      const room = 8 - (at & 7);
      const take = left < room ? left : room;
      const part = (value >>> (left - take)) & ((1 << take) - 1);
      bytes[index] = (bytes[index] ?? 0) | (part << (room - take));
      at += take;
      left -= take;
    }
  }

  function wide(high: number, low: number, count: number): void {
    if (count > 32) bits(high, count - 32);
    bits(low, Math.min(count, 32));
  }

  function uvarint(value: number): void {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bits((rest % 0x80) | 0x80, 8);
    bits(rest, 8);
  }

  /** A change of the time between two samples: shorter codes for smaller ones. */
  function step(change: number): void {
    if (change === 0) return bits(0, 1);
    for (const [count, prefix, prefixLength] of STEPS)
      if (fits(change, count)) {
        bits(prefix, prefixLength);
        return bits(change & (2 ** count - 1), count);
      }
    bits(0b1111, 4);
    bits(Math.floor(change / 2 ** 32), 32);
    bits(change >>> 0, 32);
  }

  return {
    encode(times, values, from, to) {
      bytes.fill(0, 0, (at >>> 3) + 1);
      at = 0;
      bits(to - from, 16);
      let [time, delta] = [times[from] ?? 0, 0];
      // A signed varint: positive numbers are doubled.
      uvarint(time * 2);
      word.setFloat64(0, values[from] ?? 0);
      let [high, low] = [word.getUint32(0), word.getUint32(4)];
      wide(high, low, 64);
      let [leading, trailing] = [-1, 0];
      for (let index = from + 1; index < to; index += 1) {
        const next = times[index] ?? 0;
        if (index === from + 1) uvarint(next - time);
        else step(next - time - delta);
        delta = next - time;
        time = next;
        word.setFloat64(0, values[index] ?? 0);
        const [newHigh, newLow] = [word.getUint32(0), word.getUint32(4)];
        const [xorHigh, xorLow] = [(newHigh ^ high) >>> 0, (newLow ^ low) >>> 0];
        high = newHigh;
        low = newLow;
        if (xorHigh === 0 && xorLow === 0) {
          bits(0, 1);
          continue;
        }
        bits(1, 1);
        const before = Math.min(31, xorHigh === 0 ? 32 + Math.clz32(xorLow) : Math.clz32(xorHigh));
        const after = xorLow === 0 ? 32 + zerosAtEnd(xorHigh) : zerosAtEnd(xorLow);
        const isInside = leading >= 0 && before >= leading && after >= trailing;
        bits(isInside ? 0 : 1, 1);
        if (!isInside) {
          leading = before;
          trailing = after;
          bits(leading, 5);
          // 64 significant bits are written as 0.
          bits((64 - leading - trailing) & 63, 6);
        }
        const shiftedLow =
          trailing === 0
            ? xorLow
            : trailing < 32
              ? ((xorLow >>> trailing) | (xorHigh << (32 - trailing))) >>> 0
              : xorHigh >>> (trailing - 32);
        wide(trailing < 32 ? xorHigh >>> trailing : 0, shiftedLow, 64 - leading - trailing);
      }
      return bytes.subarray(0, (at + 7) >>> 3);
    },
  };
}

/** Bits of a change, and the prefix that says so. */
const STEPS = [
  [14, 0b10, 2],
  [17, 0b110, 3],
  [20, 0b1110, 4],
] as const;

/** Prometheus' own test for a signed number of so many bits: one more above than in two's complement. */
function fits(value: number, count: number): boolean {
  return value >= 1 - 2 ** (count - 1) && value <= 2 ** (count - 1);
}

function zerosAtEnd(value: number): number {
  return 31 - Math.clz32(value & -value);
}
