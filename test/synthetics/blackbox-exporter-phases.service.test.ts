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

const DELAY_MS = 300;
/** What a machine with other work adds once in a while, it hardly adds in every round. */
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

  /** The least of each phase over interleaved rounds: what else the machine does only adds to it. */
  async function measured(url: Url): Promise<{ readonly ours: Seconds; readonly theirs: Seconds }> {
    const rounds: { readonly ours: Seconds; readonly theirs: Seconds }[] = [];
    for (let round = 0; round < ROUNDS; round += 1)
      rounds.push({ ours: await ours(url), theirs: await theirs(url) });
    const least = (who: 'ours' | 'theirs'): Seconds =>
      byPhase((phase) => Math.min(...rounds.map((each) => each[who][phase])));
    return { ours: least('ours'), theirs: least('theirs') };
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
      const [own, other] = [found.ours[each], found.theirs[each]];
      const shown = `${each}: ${own} s ours, ${other} s theirs`;
      // A timer may be a thousandth early by another clock; elsewhere there is next to nothing.
      const [from, to] = each === phase ? [0.99 * delay, Infinity] : [0, delay / 3];
      expect(Math.min(own, other), shown).toBeGreaterThanOrEqual(from);
      expect(Math.max(own, other), shown).toBeLessThan(to);
      expect(Math.abs(own - other), shown).toBeLessThan(delay / 3);
    }
  });
});

function byPhase(read: (phase: Phase) => number): Seconds {
  return Object.fromEntries(PHASES.map((phase) => [phase, read(phase)])) as unknown as Seconds;
}
