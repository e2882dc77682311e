// A host and a port as checks write them.
import type { DefinitionReader } from '../../slo/definition-reader.ts';

/** A host and a port, `'192.0.2.7:8443'` or `'[2001:db8::7]:443'`. */
export function readHostPort(
  reader: DefinitionReader,
  name: string,
): { readonly host: string; readonly port: number } | undefined {
  return reader.parsed(name, {
    code: 'not-an-address',
    parse(text) {
      const match = /^(?:\[([\da-fA-F:.]{2,45})\]|([\w.-]{1,253})):(\d{1,5})$/.exec(text);
      const port = Number(match?.[3]);
      const host = match?.[1] ?? match?.[2];
      return host !== undefined && port >= 1 && port <= 65_535 ? { host, port } : undefined;
    },
    expected: 'a host and port',
    remedy: `Write both: '192.0.2.7:8443', '[2001:db8::7]:443' or 'db.example:5432'.`,
  });
}
