// P5: what a remote-write sample costs our receiver, Prometheus' own, and a protobufjs decoder.
import protobuf from 'protobufjs';
import { encodeWriteRequest, REMOTE_WRITE_HEADERS } from '../cli/demo/remote-write-request.ts';
import { createCounterFeed } from '../collector/sources/prometheus/counter-feed.ts';
import {
  createCounterFold,
  type FoldSeries,
} from '../collector/sources/prometheus/counter-fold.ts';
import { EMPTY_MEMORY } from '../collector/sources/prometheus/counter-memory.ts';
import { createSeriesRoutes } from '../collector/sources/prometheus/series-routes.ts';
import { createSeriesTable } from '../collector/sources/remote-write/series-table.ts';
import { decompressBlock } from '../collector/sources/remote-write/snappy-block.ts';
import {
  createRequestSamples,
  readWriteRequest,
} from '../collector/sources/remote-write/write-request.ts';
import { startPrometheus } from '../test/services/prometheus.ts';
import {
  type CountedService,
  countedServices,
  counterSlos,
  countsBetween,
} from './counted-services.ts';
import { eventually } from './eventually.ts';
import { startMeasuredCollector } from './measured-collector.ts';
import { type Benchmark, cpuSeconds, figure, quantile } from './measurement.ts';
import { cpuSecondsOf } from './process-usage.ts';

const SERVICES = 1000;
/** So short that the data of all rounds are from the last minutes: older ones would be reported as missing. */
const SCRAPE_SECONDS = 1;
const SAMPLES_PER_REQUEST = 500;
const SCRAPES_PER_ROUND = 30;
const SHARDS = 4;
/** The first is for warming up and does not count. */
const ROUNDS = 7;
const DECODE_ROUNDS = 12;
const LARGEST = 1 << 25;

export const remoteWrite: Benchmark = {
  id: 'P5',
  title: 'A sample of remote write, received and kept',
  needs: ['prometheus'],
  async run(say) {
    const services = countedServices(SERVICES);
    const start = Math.floor(Date.now() / 1000) - ROUNDS * SCRAPES_PER_ROUND * SCRAPE_SECONDS;
    const prometheus = await startPrometheus({ remoteWriteReceiver: true });
    const collector = await startMeasuredCollector({
      slos: counterSlos(services),
      config: { connections: { prometheus: { default: { remoteWrite: true } } } },
    });
    const peers = {
      prometheus: { pid: prometheus.pid, url: `${prometheus.url}/api/v1/write`, costs: [0] },
      ours: { pid: collector.pid, url: `${collector.url}/api/v1/write`, costs: [0] },
    };
    const samples = (SCRAPES_PER_ROUND * SERVICES * 4) / 1e6;
    for (let round = 0; round < ROUNDS; round += 1) {
      const first = start + round * SCRAPES_PER_ROUND * SCRAPE_SECONDS;
      const requests = encodeScrapes(services, first);
      for (const peer of Object.values(peers)) {
        const before = cpuSecondsOf(peer.pid);
        await send(peer.url, requests);
        peer.costs[round] = (cpuSecondsOf(peer.pid) - before) / samples;
      }
      say(
        `round ${round}: Prometheus ${peers.prometheus.costs[round]?.toFixed(2)} µs a sample, ours ${peers.ours.costs[round]?.toFixed(2)}`,
      );
    }
    const last = start + (ROUNDS * SCRAPES_PER_ROUND - 1) * SCRAPE_SECONDS;
    // The budget's window ends at the watermark, which goes past the last sample half a minute after it.
    await eventually(
      'a watermark behind the last sample',
      async () =>
        [...(await collector.budgets()).values()].every(
          ({ watermark }) => (watermark ?? 0) > last + 10,
        ) || undefined,
      { withinMs: 300_000, everyMs: 2000 },
    );
    assertSame(services, await collector.budgets(), await newestValues(prometheus.url, last), {
      start,
      last,
    });
    await Promise.all([prometheus.stop(), collector.stop()]);
    const decoded = await compareDecoders(encodeScrapes(services, start), services, say);
    const [ours, theirs] = [peers.ours.costs.slice(1), peers.prometheus.costs.slice(1)];
    const own = figure('ours, counted and committed to SQLite', 'µs CPU a sample', ours);
    const ratio = figure(
      'Prometheus ÷ ours',
      '×',
      theirs.map((cost, round) => cost / (ours[round] ?? Number.NaN)),
    );
    const decodeRatio = figure('protobufjs ÷ ours, decoding alone', '×', decoded.ratios);
    const reached = own.median <= 1.2 && ratio.median >= 8 && decodeRatio.median >= 12;
    return {
      id: 'P5',
      title: this.title,
      goal: '≤ 1.2 µs per sample; ≥ 8× Prometheus, ≥ 12× protobufjs (decode only)',
      figures: [
        own,
        figure('Prometheus 3.15, its own receiver', 'µs CPU a sample', theirs),
        ratio,
        figure('ours, decoding alone', 'µs CPU a sample', decoded.ours),
        figure('protobufjs, decoding alone', 'µs CPU a sample', decoded.protobufjs),
        decodeRatio,
      ],
      verdict: `${reached ? 'Reached' : 'Missed'}: ${own.median.toFixed(2)} µs, ${ratio.median.toFixed(1)}× and ${decodeRatio.median.toFixed(1)}×.`,
      notes: [
        `${SERVICES} services of four series (nine labels) every ${SCRAPE_SECONDS} s; the same requests of ${SAMPLES_PER_REQUEST} samples to both in turn, ${SHARDS} senders at a time; a round is ${samples} M samples.`,
        'Ours keeps counts by SLO and second, not series: nothing can be asked of it later but what its SLOs count. Prometheus keeps every series with its write-ahead log.',
        `Ours answers after its commit is on disk (SQLite, synchronous FULL); its processor time includes evaluating ${SERVICES} SLOs every second meanwhile. Prometheus does not wait for its log to reach the disk.`,
        'Decoding alone: from the compressed body to time, value and series of each sample, with the same snappy decoder for both; protobufjs by reflection, series found by a key joined from its labels.',
        'Equal before any figure was taken: the counts of every SLO, the last value of every series in Prometheus, every sample of both decoders.',
      ],
    };
  },
};

/** The requests of one round, by sender. */
function encodeScrapes(
  services: readonly CountedService[],
  first: number,
): readonly (readonly Uint8Array[])[] {
  const shards: Uint8Array[][] = Array.from({ length: SHARDS }, () => []);
  for (let scrape = 0; scrape < SCRAPES_PER_ROUND; scrape += 1) {
    const at = first + scrape * SCRAPE_SECONDS;
    const all = services.flatMap((service) => {
      const values = service.at(at);
      return service.series.map((labels, index) => ({
        labels,
        samples: [{ atMs: at * 1000, value: values[index] ?? 0 }],
      }));
    });
    for (let from = 0; from < all.length; from += SAMPLES_PER_REQUEST)
      shards[(from / SAMPLES_PER_REQUEST) % SHARDS]?.push(
        encodeWriteRequest(all.slice(from, from + SAMPLES_PER_REQUEST)),
      );
  }
  return shards;
}

async function send(url: string, shards: readonly (readonly Uint8Array[])[]): Promise<void> {
  await Promise.all(
    shards.map(async (requests) => {
      for (const body of requests) {
        const response = await fetch(url, {
          method: 'POST',
          headers: REMOTE_WRITE_HEADERS,
          body: body as Uint8Array<ArrayBuffer>,
        });
        if (response.status !== 204)
          throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
      }
    }),
  );
}

/** The value of every series at an instant, by `job code`. */
async function newestValues(url: string, at: number): Promise<ReadonlyMap<string, number>> {
  const query = new URLSearchParams({ query: 'http_requests_total', time: String(at) });
  const answer = (await (await fetch(`${url}/api/v1/query?${query.toString()}`)).json()) as {
    data: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  return new Map(
    answer.data.result.map(({ metric, value }) => [
      `${metric['job']} ${metric['code']}`,
      Number(value[1]),
    ]),
  );
}

/** @throws Error when either side holds anything but the truth */
function assertSame(
  services: readonly CountedService[],
  budgets: ReadonlyMap<string, { readonly total: number; readonly bad: number }>,
  newest: ReadonlyMap<string, number>,
  { start, last }: { readonly start: number; readonly last: number },
): void {
  for (const service of services) {
    const truth = countsBetween(service, start, last);
    const counted = budgets.get(`${service.name}/availability`);
    if (counted?.total !== truth.total || counted.bad !== truth.bad)
      throw new Error(
        `${service.name}: counted ${counted?.bad} of ${counted?.total}, the truth is ${truth.bad} of ${truth.total}`,
      );
    const values = service.at(last);
    for (const [index, labels] of service.series.entries()) {
      const kept = newest.get(`${service.name} ${labels['code']}`);
      if (kept !== values[index])
        throw new Error(`${service.name}: Prometheus holds ${kept}, sent was ${values[index]}`);
    }
  }
}

interface DecodedSample {
  readonly series: string;
  readonly time: number;
  readonly value: number;
}

/** Decodes the same requests in turn. @throws Error when the two do not find the same samples */
async function compareDecoders(
  shards: readonly (readonly Uint8Array[])[],
  services: readonly CountedService[],
  say: (text: string) => void,
) {
  const requests = shards.flat();
  const lazy = lazyDecoder(services);
  const plain = protobufjsDecoder();
  const count = (SCRAPES_PER_ROUND * SERVICES * 4) / 1e6;
  for (const request of requests.slice(0, 40)) {
    const [ours, theirs] = [lazy.samples(request), plain.samples(request)];
    if (ours.length !== SAMPLES_PER_REQUEST || JSON.stringify(ours) !== JSON.stringify(theirs))
      throw new Error('the two decoders do not find the same samples');
  }
  const ours: number[] = [];
  const protobufjs: number[] = [];
  for (let round = 0; round < DECODE_ROUNDS; round += 1) {
    const sums = { ours: 0, theirs: 0 };
    ours.push(
      (await cpuSeconds(() => {
        for (const request of requests) sums.ours += lazy.sum(request);
      })) / count,
    );
    protobufjs.push(
      (await cpuSeconds(() => {
        for (const request of requests) sums.theirs += plain.sum(request);
      })) / count,
    );
    if (sums.ours !== sums.theirs) throw new Error('the two decoders do not sum up to the same');
  }
  const ratios = protobufjs.map((cost, round) => cost / (ours[round] ?? Number.NaN)).slice(1);
  const middle = quantile(
    [...ratios].sort((a, b) => a - b),
    0.5,
  );
  say(`decoding alone: protobufjs ÷ ours ${middle.toFixed(1)}`);
  return { ours: ours.slice(1), protobufjs: protobufjs.slice(1), ratios };
}

function lazyDecoder(services: readonly CountedService[]) {
  const feeds = counterSlos(services).map(createCounterFeed);
  const routes = createSeriesRoutes(feeds);
  const ledger = { instance: (slo: { readonly id: string }) => slo.id };
  const table = createSeriesTable(
    routes,
    createCounterFold({ feeds, routes, ledger, memory: EMPTY_MEMORY }),
  );
  const into = createRequestSamples<FoldSeries>();
  const scratch = new Uint8Array(4 << 20);
  const names = new Map<FoldSeries, string>();
  const decode = (request: Uint8Array): void => {
    table.begin();
    readWriteRequest(decompressBlock(request, LARGEST, scratch), table, into);
  };
  return {
    sum(request: Uint8Array): number {
      decode(request);
      let sum = 0;
      for (let at = 0; at < into.count; at += 1)
        if (into.series[at] !== undefined)
          sum += (into.values[at] ?? 0) + (into.times[at] ?? 0) / 1e6;
      return sum;
    },
    samples(request: Uint8Array): DecodedSample[] {
      decode(request);
      return Array.from({ length: into.count }, (_, at) => {
        const series = into.series[at];
        if (series === undefined) throw new Error('a sample without a series');
        // Numbers in the order of first sight stand for the series on both sides.
        if (!names.has(series)) names.set(series, `#${names.size}`);
        return {
          series: names.get(series) ?? '',
          time: into.times[at] ?? 0,
          value: into.values[at] ?? 0,
        };
      });
    },
  };
}

const PROTO = `
  syntax = "proto3";
  message WriteRequest { repeated TimeSeries timeseries = 1; }
  message TimeSeries { repeated Label labels = 1; repeated Sample samples = 2; }
  message Label { string name = 1; string value = 2; }
  message Sample { double value = 1; int64 timestamp = 2; }
`;

interface PlainRequest {
  readonly timeseries: readonly {
    readonly labels: readonly { readonly name: string; readonly value: string }[];
    readonly samples: readonly {
      readonly value: number;
      readonly timestamp: { toNumber(): number } | number;
    }[];
  }[];
}

function protobufjsDecoder() {
  const type = protobuf.parse(PROTO).root.lookupType('WriteRequest');
  const known = new Map<string, string>();
  const scratch = new Uint8Array(4 << 20);
  const visit = (request: Uint8Array, take: (sample: DecodedSample) => void): void => {
    const { timeseries } = type.decode(
      decompressBlock(request, LARGEST, scratch),
    ) as unknown as PlainRequest;
    for (const { labels, samples } of timeseries) {
      let key = '';
      for (const { name, value } of labels) key += `${name}\0${value}\0`;
      let series = known.get(key);
      if (series === undefined) known.set(key, (series = `#${known.size}`));
      for (const { value, timestamp } of samples) {
        const time = typeof timestamp === 'number' ? timestamp : timestamp.toNumber();
        take({ series, time, value });
      }
    }
  };
  return {
    sum(request: Uint8Array): number {
      let sum = 0;
      visit(request, ({ value, time }) => (sum += value + time / 1e6));
      return sum;
    },
    samples(request: Uint8Array): DecodedSample[] {
      const samples: DecodedSample[] = [];
      visit(request, (sample) => samples.push(sample));
      return samples;
    },
  };
}
