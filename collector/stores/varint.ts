// Whole numbers up to 2^53 as few bytes: seven bits in each, the lowest first, the top bit says that more follow.
import { CONTENT_AT, DamagedBytesError, checkSeal, sealed } from './sealed-bytes.ts';

export interface VarintWriter {
  /** Appends a whole number from 0 to 2^53 − 1. */
  write(value: number): void;
  /** What was written since the last call, sealed for a place. */
  seal(place: string): Buffer;
}

export function createVarintWriter(): VarintWriter {
  let buffer = new Uint8Array(4096);
  let at = 0;
  return {
    write(value) {
      if (at + 8 > buffer.length) {
        const larger = new Uint8Array(buffer.length * 2);
        larger.set(buffer);
        buffer = larger;
      }
      // Bit operations work on 32 bits only; larger numbers are divided until they fit.
      while (value >= 0x8000_0000) {
        buffer[at++] = (value % 128) | 0x80;
        value = Math.floor(value / 128);
      }
      while (value >= 0x80) {
        buffer[at++] = (value & 0x7f) | 0x80;
        value >>>= 7;
      }
      buffer[at++] = value;
    },
    seal(place) {
      const bytes = sealed(buffer.subarray(0, at), place);
      at = 0;
      return bytes;
    },
  };
}

export interface VarintReader {
  /** The next number. @throws DamagedBytesError past the end */
  read(): number;
  readonly done: boolean;
}

/** Reads sealed bytes. @throws DamagedBytesError unless they were sealed for this place */
export function createVarintReader(bytes: Uint8Array, place: string): VarintReader {
  checkSeal(bytes, place);
  let at = CONTENT_AT;
  return {
    read() {
      let value = 0;
      for (let scale = 1; ; scale *= 128) {
        const byte = bytes[at++];
        if (byte === undefined) throw new DamagedBytesError(place);
        value += (byte & 0x7f) * scale;
        if (byte < 0x80) return value;
      }
    },
    get done() {
      return at >= bytes.length;
    },
  };
}
