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
/** So short that a round's samples are seconds old, as they are behind a sender; a minute's would be paid as late ones. */
const SCRAPE_MS = 100;
const SCRAPES_PER_ROUND = 30;
const SHARDS = 4;
/** Samples in a request, as the goal has it and as Prometheus 3 sends by default; and the rounds with them. */
const PASSES = [
  { perRequest: 500, rounds: 8 },
  { perRequest: 2000, rounds: 7 },
] as const;
/** So many rounds of each pass are for warming up and do not count. */
const WARM_UP = 2;
const DECODE_ROUNDS = 12;
const LARGEST = 1 << 25;

export const remoteWrite: Benchmark = {
  id: 'P5',
  title: 'A sample of remote write, received and kept',
  needs: ['prometheus'],
  async run(say) {
    const services = countedServices(SERVICES);
    let startMs: number | undefined;
    let lastMs = 0;
    const prometheus = await startPrometheus({ remoteWriteReceiver: true });
    const collector = await startMeasuredCollector({
      slos: counterSlos(services),
      config: { connections: { prometheus: { default: { remoteWrite: true } } } },
    });
    const peers = {
      prometheus: { pid: prometheus.pid, url: `${prometheus.url}/api/v1/write` },
      ours: { pid: collector.pid, url: `${collector.url}/api/v1/write` },
    };
    const samples = (SCRAPES_PER_ROUND * SERVICES * 4) / 1e6;
    const passes: { readonly prometheus: number[]; readonly ours: number[] }[] = [];
    for (const { perRequest, rounds } of PASSES) {
      const costs = { prometheus: [] as number[], ours: [] as number[] };
      for (let round = 0; round < rounds; round += 1) {
        const firstMs = Math.max(lastMs + SCRAPE_MS, Date.now() - SCRAPES_PER_ROUND * SCRAPE_MS);
        startMs ??= firstMs;
        lastMs = firstMs + (SCRAPES_PER_ROUND - 1) * SCRAPE_MS;
        const requests = encodeScrapes(services, firstMs, perRequest);
        for (const name of inTurn(round)) {
          const { pid, url } = peers[name];
          const before = cpuSecondsOf(pid);
          await send(url, requests);
          costs[name].push((cpuSecondsOf(pid) - before) / samples);
        }
        say(
          `${perRequest} samples a request, round ${round}: Prometheus ${costs.prometheus.at(-1)?.toFixed(2)} µs a sample, ours ${costs.ours.at(-1)?.toFixed(2)}`,
        );
      }
      passes.push({
        prometheus: costs.prometheus.slice(WARM_UP),
        ours: costs.ours.slice(WARM_UP),
      });
    }
    const [start, last] = [(startMs ?? 0) / 1000, lastMs / 1000];
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
    const decoded = await compareDecoders(encodeScrapes(services, lastMs, 500), services, say);
    const [first, ...others] = passes.map(({ prometheus: theirs, ours }, index) => {
      const size = `${PASSES[index]?.perRequest} samples a request`;
      return {
        own: figure(`ours, counted and committed to SQLite, ${size}`, 'µs CPU a sample', ours),
        theirs: figure(`Prometheus 3.15, its own receiver, ${size}`, 'µs CPU a sample', theirs),
        ratio: figure(
          `Prometheus ÷ ours, ${size}`,
          '×',
          theirs.map((cost, round) => cost / (ours[round] ?? Number.NaN)),
        ),
      };
    });
    if (first === undefined) throw new Error('nothing was measured');
    const { own, ratio } = first;
    const decodeRatio = figure('protobufjs ÷ ours, decoding alone', '×', decoded.ratios);
    const reached = own.median <= 1.2 && ratio.median >= 8 && decodeRatio.median >= 12;
    return {
      id: 'P5',
      title: this.title,
      goal: '≤ 1.2 µs per sample; ≥ 8× Prometheus, ≥ 12× protobufjs (decode only)',
      figures: [
        ...[first, ...others].flatMap((pass) => [pass.own, pass.theirs, pass.ratio]),
        figure('ours, decoding alone', 'µs CPU a sample', decoded.ours),
        figure('protobufjs, decoding alone', 'µs CPU a sample', decoded.protobufjs),
        decodeRatio,
      ],
      verdict: `${reached ? 'Reached' : 'Missed'}: ${own.median.toFixed(2)} µs, ${ratio.median.toFixed(1)}× and ${decodeRatio.median.toFixed(1)}×.${reached ? '' : ' Decoding is the small part: with every commit SQLite gets, beside the counts, the last sample of all series that the receiver knows, 4,000 of them for the 500 that came, and waits for the disk; larger requests share that.'}`,
      notes: [
        `${SERVICES} services of four series (nine labels) every ${SCRAPE_MS} ms; the same requests to both, now to one first and now to the other, ${SHARDS} senders at a time; a round is ${samples} M samples, the first ${WARM_UP} of each size warm up.`,
        'Ours keeps counts by SLO and second, not series: nothing can be asked of it later but what its SLOs count. Prometheus keeps every series with its write-ahead log.',
        `Ours answers after its commit is on disk (SQLite, synchronous FULL); its processor time includes evaluating ${SERVICES} SLOs every second meanwhile. Prometheus does not wait for its log to reach the disk.`,
        'Decoding alone: from the compressed body to time, value and series of each sample, with the same snappy decoder for both; protobufjs by reflection, series found by a key joined from its labels.',
        'Equal before any figure was taken: the counts of every SLO, the last value of every series in Prometheus, every sample of both decoders.',
      ],
    };
  },
};

/** Whoever comes second has older samples, so they take turns at that too. */
function inTurn(round: number): readonly ('prometheus' | 'ours')[] {
  return round % 2 === 0 ? ['prometheus', 'ours'] : ['ours', 'prometheus'];
}

/** The requests of one round, by sender. */
function encodeScrapes(
  services: readonly CountedService[],
  firstMs: number,
  perRequest: number,
): readonly (readonly Uint8Array[])[] {
  const shards: Uint8Array[][] = Array.from({ length: SHARDS }, () => []);
  for (let scrape = 0; scrape < SCRAPES_PER_ROUND; scrape += 1) {
    const atMs = firstMs + scrape * SCRAPE_MS;
    const all = services.flatMap((service) => {
      const values = service.at(atMs / 1000);
      return service.series.map((labels, index) => ({
        labels,
        samples: [{ atMs, value: values[index] ?? 0 }],
      }));
    });
    for (let from = 0; from < all.length; from += perRequest)
      shards[(from / perRequest) % SHARDS]?.push(
        encodeWriteRequest(all.slice(from, from + perRequest)),
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
    if (ours.length === 0 || JSON.stringify(ours) !== JSON.stringify(theirs))
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
