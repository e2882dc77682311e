// Bytes in the order and the number forms of Prometheus' files: big-endian words, varints, checksums of Castagnoli's kind.

export interface ByteWriter {
  readonly length: number;
  byte(value: number): void;
  u32(value: number): void;
  u64(value: number): void;
  /** @param value whole, 0 to 2^53 */
  uvarint(value: number): void;
  /** Zigzag. */
  varint(value: number): void;
  bytes(value: Uint8Array): void;
  text(value: string): void;
  /** Zeros up to the next multiple. */
  pad(multiple: number): void;
  /** The checksum of everything since `from`. */
  checksum(from: number): void;
  /** Overwrites four bytes. */
  setU32(at: number, value: number): void;
  /** What was written; valid until the next write. */
  view(): Uint8Array;
  clear(): void;
}

export function createByteWriter(): ByteWriter {
  let buffer = Buffer.alloc(1 << 20);
  let length = 0;
  const room = (count: number): void => {
    if (length + count <= buffer.length) return;
    const larger = Buffer.alloc(Math.max(buffer.length * 2, length + count));
    buffer.copy(larger, 0, 0, length);
    buffer = larger;
  };
  return {
    get length() {
      return length;
    },
    byte(value) {
      room(1);
      buffer[length++] = value;
    },
    u32(value) {
      room(4);
      length = buffer.writeUInt32BE(value, length);
    },
    u64(value) {
      room(8);
      length = buffer.writeUInt32BE(Math.floor(value / 2 ** 32), length);
      length = buffer.writeUInt32BE(value >>> 0, length);
    },
    uvarint(value) {
      room(10);
      let rest = value;
      for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) buffer[length++] = (rest % 0x80) | 0x80;
      buffer[length++] = rest;
    },
    varint(value) {
      this.uvarint(value < 0 ? -value * 2 - 1 : value * 2);
    },
    bytes(value) {
      room(value.length);
      buffer.set(value, length);
      length += value.length;
    },
    text(value) {
      const bytes = Buffer.from(value);
      this.uvarint(bytes.length);
      this.bytes(bytes);
    },
    pad(multiple) {
      const missing = (multiple - (length % multiple)) % multiple;
      for (let count = 0; count < missing; count += 1) this.byte(0);
    },
    checksum(from) {
      this.u32(castagnoli(buffer, from, length));
    },
    setU32(at, value) {
      buffer.writeUInt32BE(value, at);
    },
    view: () => buffer.subarray(0, length),
    clear() {
      length = 0;
    },
  };
}

/** CRC-32C of `bytes[from, to)`. */
function castagnoli(bytes: Uint8Array, from: number, to: number): number {
  let crc = -1;
  for (let at = from; at < to; at += 1)
    crc = (TABLE[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ -1) >>> 0;
}

const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});
