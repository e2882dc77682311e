// Which requests are remote write 1.0 by their headers.
import type { RequestHeaders } from '../../http/receivers.ts';

/** The message of version 1.0 as content types name it; a missing one means it too. */
const PROTO = 'prometheus.WriteRequest';

/** Why the request is refused with 415, what to send instead included; undefined when its headers are right. */
export function refusedFormat(headers: RequestHeaders): string | undefined {
  const [type = '', ...parameters] = text(headers['content-type'])
    .split(';')
    .map((part) => part.trim());
  const proto = parameters
    .find((part) => part.toLowerCase().startsWith('proto='))
    ?.slice('proto='.length);
  if (proto !== undefined && proto !== PROTO)
    return `${shown(proto)} is not taken: send remote write 1.0 (protobuf_message: ${PROTO})`;
  if (type.toLowerCase() !== 'application/x-protobuf')
    return `content type ${shown(type)} is not taken: send application/x-protobuf`;
  const version = text(headers['x-prometheus-remote-write-version']);
  if (version !== '' && !/^0\.|^1\./.test(version))
    return `remote write ${shown(version)} is not taken: send version 1.0 (header value 0.1.0)`;
  const encoding = text(headers['content-encoding']).trim().toLowerCase();
  if (encoding !== 'snappy')
    return `content encoding ${shown(encoding)} is not taken: send one snappy block`;
  return undefined;
}

function text(value: string | string[] | undefined): string {
  return Array.isArray(value) ? value.join(',') : (value ?? '');
}

function shown(value: string): string {
  return JSON.stringify(value.slice(0, 100));
}
