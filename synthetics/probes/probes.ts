// All kinds of probes that run, in one list: a new kind is a file beside this one, and a line here.
import type { Probe } from '../probe.ts';
import { createContractProbe } from './contract.ts';
import { createDialer, type Dialer } from './dialer.ts';
import { createDnsProbe } from './dns.ts';
import { createFreshnessProbe } from './freshness.ts';
import { createGrpcProbe } from './grpc.ts';
import { createHeartbeatProbe } from './heartbeat.ts';
import { createTokenStore, type TokenStore } from './http-token.ts';
import { createHttpProbe } from './http.ts';
import { createJourneyProbe } from './journey.ts';
import { createTcpProbe } from './tcp.ts';
import { createTlsProbe } from './tls.ts';
import { createWebsocketProbe } from './websocket.ts';

/** What probes share. */
export interface ProbeTools {
  readonly dialer: Dialer;
  /** Tokens that requests were given. */
  readonly tokens: TokenStore;
}

const PROBES: readonly ((tools: ProbeTools) => Probe)[] = [
  createHttpProbe,
  createJourneyProbe,
  createTlsProbe,
  createTcpProbe,
  createDnsProbe,
  createWebsocketProbe,
  createGrpcProbe,
  createContractProbe,
  createFreshnessProbe,
  createHeartbeatProbe,
];

/** One probe of each kind, by kind; they keep TLS contexts and no connections. */
export function createProbes(): ReadonlyMap<string, Probe> {
  const dialer = createDialer();
  const tools = { dialer, tokens: createTokenStore(dialer) };
  return new Map(PROBES.map((create) => create(tools)).map((probe) => [probe.type, probe]));
}
