// A proxy between a probe and its target, as definitions write it.
import type { SecretReference } from '../../slo/connection.ts';
import { readSecret } from '../../slo/connection-reader.ts';
import type { DefinitionReader } from '../../slo/definition-reader.ts';
import { readHostPort } from './host-port.ts';

/** An HTTP proxy. It carries https through a tunnel (CONNECT), and is asked for http with the whole address. */
export interface ProxyInput {
  /** Host and port: `'proxy.example:3128'`. */
  readonly address: string;
  readonly user?: string;
  readonly password?: SecretReference;
}

export interface ProxySettings {
  readonly host: string;
  readonly port: number;
  readonly basic?: { readonly user: string; readonly password: SecretReference };
}

/** The proxy in the property `proxy`. */
export function readProxy(reader: DefinitionReader): ProxySettings | undefined {
  const proxy = reader.object('proxy', {
    known: ['address', 'user', 'password'],
    needed: ['address'],
    secret: true,
    example: `{ address: 'proxy.example:3128' }`,
  });
  if (proxy === undefined) return undefined;
  const address = readHostPort(proxy, 'address');
  const user = proxy.text('user', 200);
  const password = readSecret(proxy, 'password');
  if (proxy.has('user') !== proxy.has('password'))
    proxy.refuse(proxy.has('user') ? 'password' : 'user', {
      code: 'missing-field',
      message: 'A proxy that is told who calls needs both user and password.',
      remedy: `Write user: 'probe', password: fromEnvironment('PROXY_PASSWORD').`,
      secret: true,
    });
  if (reader.has('connectTo'))
    reader.refuse('connectTo', {
      code: 'unknown-value',
      message: 'Both proxy and connectTo are given.',
      remedy: 'Give one of them: a proxy chooses where it connects.',
    });
  if (address === undefined) return undefined;
  const basic = user === undefined || password === undefined ? {} : { basic: { user, password } };
  return { ...address, ...basic };
}
