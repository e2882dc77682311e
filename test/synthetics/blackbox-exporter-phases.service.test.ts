import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { http } from '../../index.ts';
import { PHASES, type Phase } from '../../synthetics/phase.ts';
import { startBlackboxExporter } from '../services/blackbox-exporter.ts';
import { freePorts } from '../services/free-port.ts';
import { startHaproxy } from '../services/haproxy.ts';
import type { RunningServer } from '../services/running-server.ts';
import { describeWithService } from '../services/services.ts';
import { createCertificateAuthority } from './certificate-authority.ts';
import { rawServer } from './raw-server.ts';
import { type RealNginx, startRealNginx } from './real-nginx.ts';
import { runProbe } from './run-probe.ts';

type Url = `https://${string}` | `http://${string}`;
type Seconds = Readonly<Record<Phase, number>>;

const DELAY_MS = 400;
/** Odd, so that there is one in the middle. */
const ROUNDS = 3;

/** What blackbox_exporter calls the phases. */
const THEIRS: Readonly<Record<Phase, string>> = {
  dns: 'resolve',
  connect: 'connect',
  tls: 'tls',
  firstByte: 'processing',
  transfer: 'transfer',
};

const authority = createCertificateAuthority();
const stranger = createCertificateAuthority('self.example');
afterAll(() => {
  authority.remove();
  stranger.remove();
});

describeWithService(['blackbox-exporter', 'haproxy', 'nginx'], 'phases of an HTTP probe', () => {
  let nginx: RealNginx;
  let blackbox: RunningServer;
  let [slowSecure, slowPlain]: readonly number[] = [];

  beforeAll(async () => {
    nginx = await startRealNginx(authority, stranger);
    blackbox = await startBlackboxExporter(authority.file);
    [slowSecure, slowPlain] = await freePorts(2);
    const late = (name: string, port: number | undefined, to: number): string => `
listen ${name}
  mode tcp
  bind 127.0.0.1:${port}
  tcp-request inspect-delay ${DELAY_MS}ms
  tcp-request content accept if WAIT_END
  server one 127.0.0.1:${to}
`;
    await startHaproxy(
      late('secure', slowSecure, nginx.secure) + late('plain', slowPlain, nginx.plain),
    );
  });

  async function ours(url: Url): Promise<Seconds> {
    const run = await runProbe(http({ url, tls: { ca: authority.file } }));
    expect(run.reason).toBeUndefined();
    return byPhase((phase) => (run.phases[phase] ?? 0) / 1000);
  }

  async function theirs(url: Url): Promise<Seconds> {
    const query = new URLSearchParams({ module: 'http_2xx', target: url });
    const answer = await fetch(`${blackbox.url}/probe?${query.toString()}`);
    const text = await answer.text();
    expect(text).toMatch(/^probe_success 1$/m);
    return byPhase((phase) => {
      const series = new RegExp(
        `^probe_http_duration_seconds\\{phase="${THEIRS[phase]}"\\} (\\S+)$`,
        'm',
      );
      const value = Number(series.exec(text)?.[1]);
      expect(value).not.toBeNaN();
      return value;
    });
  }

  interface Rounds {
    readonly ours: readonly Seconds[];
    readonly theirs: readonly Seconds[];
  }

  async function measured(url: Url): Promise<Rounds> {
    const rounds = { ours: [] as Seconds[], theirs: [] as Seconds[] };
    for (let round = 0; round < ROUNDS; round += 1) {
      rounds.ours.push(await ours(url));
      rounds.theirs.push(await theirs(url));
    }
    return rounds;
  }

  const secure = (place: string): Url => `https://127.0.0.1:${nginx.secure}${place}`;
  const after = (wait: number, answer: (socket: Socket) => void) => async (socket: Socket) => {
    await sleep(wait);
    answer(socket);
  };
  const whole = (socket: Socket): void =>
    void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood');

  interface Slowness {
    readonly name: string;
    readonly phase: Phase | undefined;
    readonly url: () => Promise<Url>;
  }
  const slownesses: readonly Slowness[] = [
    { name: 'nothing is slow', phase: undefined, url: async () => secure('/ok') },
    {
      name: 'TLS begins late',
      phase: 'tls',
      url: async () => `https://127.0.0.1:${slowSecure}/ok`,
    },
    {
      name: 'a connection is taken up late, in the clear',
      phase: 'firstByte',
      url: async () => `http://127.0.0.1:${slowPlain}/ok`,
    },
    {
      name: 'the first byte comes late',
      phase: 'firstByte',
      url: async () => {
        const { port } = await rawServer((socket) => void after(DELAY_MS, whole)(socket));
        return secure(`/backend?port=${port}`);
      },
    },
    {
      name: 'the rest of the body comes late',
      phase: 'transfer',
      url: async () => {
        const { port } = await rawServer((socket) => {
          socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngo');
          void after(DELAY_MS, () => socket.end('od'))(socket);
        });
        return secure(`/backend?port=${port}`);
      },
    },
    {
      name: 'both hops of a redirect come late',
      phase: 'firstByte',
      url: async () => {
        const { port } = await rawServer((socket, request) => {
          const first = request.startsWith('GET /backend');
          const moved = (to: Socket): void =>
            void to.end(
              `HTTP/1.1 302 Found\r\nLocation: /live?port=${port}\r\nContent-Length: 0\r\n\r\n`,
            );
          void after(DELAY_MS / 2, first ? moved : whole)(socket);
        });
        return secure(`/backend?port=${port}`);
      },
    },
  ];

  it.each(slownesses)('are those of blackbox_exporter when $name', async ({ phase, url }) => {
    const found = await measured(await url());
    const delay = DELAY_MS / 1000;
    for (const each of PHASES) {
      const [own, other] = [sorted(found.ours, each), sorted(found.theirs, each)];
      const shown = `${each}: ${own.join(', ')} s ours, ${other.join(', ')} s theirs`;
      const [least, middle] = [0, (ROUNDS - 1) / 2];
      // A busy machine sees the end of one phase late, and then the next one is shorter.
      const slow = each === phase;
      expect(Math.min(at(own, middle), at(other, middle)), shown).toBeGreaterThanOrEqual(
        slow ? delay / 2 : 0,
      );
      // What else the machine does only adds, and hardly in every round.
      expect(Math.max(at(own, least), at(other, least)), shown).toBeLessThan(
        slow ? Infinity : delay / 3,
      );
      expect(Math.abs(at(own, middle) - at(other, middle)), shown).toBeLessThan(delay / 2);
    }
  });
});

function byPhase(read: (phase: Phase) => number): Seconds {
  return Object.fromEntries(PHASES.map((phase) => [phase, read(phase)])) as unknown as Seconds;
}

function sorted(rounds: readonly Seconds[], phase: Phase): readonly number[] {
  return rounds.map((each) => each[phase]).sort((a, b) => a - b);
}

function at(values: readonly number[], place: number): number {
  return values[place] ?? Number.NaN;
}
