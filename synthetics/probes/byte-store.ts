// Gathers bytes that come in any number of pieces; many small pieces cost no more than one large one.

export interface ByteStore {
  readonly length: number;
  add(bytes: Buffer): void;
  all(): Buffer;
}

export function createByteStore(): ByteStore {
  let kept: Buffer = Buffer.alloc(0);
  let length = 0;
  return {
    get length() {
      return length;
    },
    add(bytes) {
      // One piece, the usual case, is kept as it is.
      if (length === 0) {
        kept = bytes;
        length = bytes.length;
        return;
      }
      if (length + bytes.length > kept.length) {
        const larger = Buffer.allocUnsafe(2 * (length + bytes.length));
        kept.copy(larger, 0, 0, length);
        kept = larger;
      }
      bytes.copy(kept, length);
      length += bytes.length;
    },
    all: () => kept.subarray(0, length),
  };
}
