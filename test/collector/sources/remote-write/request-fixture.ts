// Remote-write requests as other implementations write them: protobufjs and snappyjs.
import { createRequire } from 'node:module';
import protobuf from 'protobufjs';

const snappy = createRequire(import.meta.url)('snappyjs') as {
  readonly compress: (bytes: Uint8Array) => Uint8Array;
  readonly uncompress: (bytes: Uint8Array, maxLength?: number) => Uint8Array;
};

export const { compress, uncompress } = snappy;

/** The messages of remote write 1.0, by its specification. */
const { root } = protobuf.parse(`
syntax = "proto3";
message Label { string name = 1; string value = 2; }
message Sample { double value = 1; int64 timestamp = 2; }
message Exemplar { repeated Label labels = 1; double value = 2; int64 timestamp = 3; }
message TimeSeries { repeated Label labels = 1; repeated Sample samples = 2; repeated Exemplar exemplars = 3; }
message MetricMetadata { int32 type = 1; string metric_family_name = 2; string help = 4; string unit = 5; }
message WriteRequest { repeated TimeSeries timeseries = 1; repeated MetricMetadata metadata = 3; }
`);

export const WriteRequest = root.lookupType('WriteRequest');

export interface WrittenSeries {
  readonly labels: Readonly<Record<string, string>>;
  /** Milliseconds and values. */
  readonly samples: readonly (readonly [number, number])[];
}

/** The protobuf bytes of a request. */
export function encode(series: readonly WrittenSeries[], metadata: readonly object[] = []): Buffer {
  const message = {
    timeseries: series.map(({ labels, samples }) => ({
      labels: Object.entries(labels)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, value]) => ({ name, value })),
      samples: samples.map(([timestamp, value]) => ({ timestamp, value })),
    })),
    metadata,
  };
  return Buffer.from(WriteRequest.encode(message).finish());
}

export function request(series: readonly WrittenSeries[]): Uint8Array {
  return compress(encode(series));
}

export const HEADERS = {
  'content-type': 'application/x-protobuf',
  'content-encoding': 'snappy',
  'x-prometheus-remote-write-version': '0.1.0',
};
