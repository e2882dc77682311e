// The collector's log: one JSON object a line, with trace ids, and without secrets.
import { type DestinationStream, destination, pino, stdSerializers } from 'pino';
import type { Log } from './log.ts';
import { currentTraceIds } from './tracing.ts';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LoggerOptions {
  /** @default 'info' */
  readonly level?: LogLevel;
  /** Where lines go. @default standard error, so that standard output stays a command's own answer */
  readonly stream?: DestinationStream;
}

/** Field names whose values never reach the log, at the top or one level down. */
const SECRET_FIELDS = ['authorization', 'cookie', 'password', 'secret', 'token'];

/** Credentials that arrive inside longer text: addresses, header dumps, our own tokens. */
const SECRET_TEXT: readonly (readonly [RegExp, string])[] = [
  [/(\/\/)[^\s/@"]+@/g, '$1[redacted]@'],
  [/\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi, '$1 [redacted]'],
  [/\bninefold_[\w-]{16,}/g, 'ninefold_[redacted]'],
];

/** A pino logger behind the small interface that rooms know. Lines are written at once, in order. */
export function createLogger(options: LoggerOptions = {}): Log {
  return pino(
    {
      level: options.level ?? 'info',
      base: null,
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: stdSerializers.err, err: stdSerializers.err },
      mixin: () => currentTraceIds() ?? {},
      redact: {
        paths: SECRET_FIELDS.flatMap((name) => [name, `*.${name}`]),
        censor: '[redacted]',
      },
      hooks: { streamWrite: withoutSecrets },
    },
    options.stream ?? destination({ fd: 2, sync: true }),
  );
}

/** Text with credentials taken out, for anything that is shown or logged. */
export function withoutSecrets(text: string): string {
  return SECRET_TEXT.reduce((rest, [pattern, instead]) => rest.replace(pattern, instead), text);
}
