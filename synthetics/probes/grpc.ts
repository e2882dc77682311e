// The probe of the kind grpc: one unary call over a fresh HTTP/2 connection.
import type { TLSSocket } from 'node:tls';
import type { GrpcSettings } from '../checks/grpc.ts';
import type { Answer, Probe } from '../probe.ts';
import { ProbeFailure } from '../probe-failure.ts';
import type { Dialer } from './dialer.ts';
import { openEndpoint } from './endpoint.ts';
import { callGrpc, type GrpcEnd } from './grpc-call.ts';
import { revealedHeaders } from './http-exchange.ts';
import { encodeMessage, readNumber } from './protobuf.ts';

export function createGrpcProbe({ dialer }: { readonly dialer: Dialer }): Probe {
  return {
    type: 'grpc',
    async run(form, attempt) {
      const settings = form.settings as GrpcSettings;
      const step = attempt.step(form.target);
      // Before anything is connected: a secret that is missing is no fault of the target.
      const message = encodeMessage(settings.message, attempt);
      const metadata = revealedHeaders({ headers: settings.metadata }, attempt);
      const secure = settings.tls !== undefined;
      const connection = await openEndpoint(
        dialer,
        settings,
        step,
        attempt,
        secure ? { protocols: ['h2'] } : undefined,
      );
      try {
        if (secure && (connection.socket as TLSSocket).alpnProtocol !== 'h2')
          throw new ProbeFailure('protocol', 'the server does not agree on HTTP/2');
        const call = { ...settings, metadata, message, secure };
        const end = await callGrpc(connection.socket, call, step, attempt);
        step.note('code', end.code);
        return grpcAnswer(settings, end);
      } finally {
        connection.close();
      }
    },
  };
}

const HEALTH = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'] as const;

function grpcAnswer(
  { health }: GrpcSettings,
  { code, detail, metadata, message }: GrpcEnd,
): Answer {
  const state = health && message !== undefined ? readNumber(message, 1) : undefined;
  if (health && message !== undefined && state === undefined)
    throw new ProbeFailure('protocol', 'the answer is no message of a health check');
  const values: Readonly<Record<string, unknown>> = {
    code,
    detail,
    serving: state === undefined ? undefined : (HEALTH[state] ?? `STATUS_${state}`),
    text: message === undefined ? undefined : new TextDecoder().decode(message),
    size: message?.length,
  };
  return {
    read: (source, argument = '') =>
      source === 'metadata' ? metadata.get(argument) : values[source],
    excerpt: (source) =>
      source === 'metadata' ? `metadata: ${[...metadata.keys()].join(', ')}` : detail,
  };
}
