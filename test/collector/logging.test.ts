import { describe, expect, it } from 'vitest';
import { createLogger, withoutSecrets } from '../../collector/logging.ts';

function logged(write: (log: ReturnType<typeof createLogger>) => void) {
  const lines: string[] = [];
  write(createLogger({ level: 'debug', stream: { write: (line) => void lines.push(line) } }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the log', () => {
  it('is one JSON object a line, with level, time, message and fields', () => {
    const [line] = logged((log) => log.warn({ source: 'kafka:default' }, 'partition lost'));
    expect(line).toMatchObject({
      level: 'warn',
      source: 'kafka:default',
      message: 'partition lost',
    });
    expect(line?.['time']).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  it('shows errors with their stack', () => {
    const [line] = logged((log) => log.error({ err: new RangeError('too far') }, 'failed'));
    expect(line?.['err']).toMatchObject({ type: 'RangeError', message: 'too far' });
  });

  it('leaves out what is below its level', () => {
    const lines: string[] = [];
    const log = createLogger({ level: 'warn', stream: { write: (line) => void lines.push(line) } });
    log.info({}, 'quiet');
    log.error({}, 'loud');
    expect(lines).toHaveLength(1);
  });

  it.each([
    { password: 'hunter2' },
    { headers: { authorization: 'Bearer hunter2-hunter2' } },
    { settings: { token: 'hunter2' } },
    { url: 'https://user:hunter2@mimir.example/api' },
    { note: 'sent Authorization: Bearer hunter2hunter2' },
    { err: new Error('GET http://a:hunter2@b/ failed') },
    { note: 'token ninefold_hunter2hunter2hunter2hunter2' },
  ])('never shows a secret: %j', (fields) => {
    const lines = logged((log) => log.info(fields, 'connecting'));
    expect(JSON.stringify(lines)).not.toContain('hunter2');
    expect(JSON.stringify(lines)).toContain('[redacted]');
  });

  it('leaves ordinary text alone', () => {
    const text = 'GET https://mimir.example/api/v1/query?query=up{a="b@c"} answered 200';
    expect(withoutSecrets(text)).toBe(text);
  });
});
