// Writes Prometheus remote-write 1.0 requests: protobuf in a snappy block.
//
//   WriteRequest { repeated TimeSeries timeseries = 1; }
//   TimeSeries   { repeated Label labels = 1; repeated Sample samples = 2; }
//   Label        { string name = 1; string value = 2; }
//   Sample       { double value = 1; int64 timestamp = 2; }   // milliseconds
export interface WrittenSeries {
  /** With `__name__`. */
  readonly labels: Readonly<Record<string, string>>;
  /** Oldest first. */
  readonly samples: readonly { readonly atMs: number; readonly value: number }[];
}

/** The headers that go with the body. */
export const REMOTE_WRITE_HEADERS = Object.freeze({
  'content-type': 'application/x-protobuf',
  'content-encoding': 'snappy',
  'x-prometheus-remote-write-version': '0.1.0',
});

/** The body; labels are sorted by name, as the protocol demands. */
export function encodeWriteRequest(series: readonly WrittenSeries[]): Buffer {
  return snappyBlock(Buffer.concat(series.map((each) => field(1, encodeSeries(each)))));
}

/** What one literal of a snappy block holds at most, with a length of two bytes. */
const LITERAL_BYTES = 65_536;

/** A snappy block of literals only: any reader takes it, and nobody gains from less on a loopback. */
function snappyBlock(bytes: Buffer): Buffer {
  const parts = [varint(bytes.length)];
  for (let at = 0; at < bytes.length; at += LITERAL_BYTES) {
    const literal = bytes.subarray(at, at + LITERAL_BYTES);
    const head = Buffer.from([61 << 2, 0, 0]);
    head.writeUInt16LE(literal.length - 1, 1);
    parts.push(head, literal);
  }
  return Buffer.concat(parts);
}

function encodeSeries({ labels, samples }: WrittenSeries): Buffer {
  const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.concat([
    ...sorted.map(([name, value]) =>
      field(1, Buffer.concat([field(1, Buffer.from(name)), field(2, Buffer.from(value))])),
    ),
    ...samples.map(({ atMs, value }) => field(2, encodeSample(atMs, value))),
  ]);
}

function encodeSample(atMs: number, value: number): Buffer {
  const time = varint(atMs);
  const sample = Buffer.allocUnsafe(10 + time.length);
  // Field 1 as eight bytes, field 2 as a varint.
  sample[0] = 0x09;
  sample.writeDoubleLE(value, 1);
  sample[9] = 0x10;
  sample.set(time, 10);
  return sample;
}

/** A field of length-delimited bytes. */
function field(number: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2]), varint(bytes.length), bytes]);
}

/** @param value whole, 0 to 2^53 */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}
