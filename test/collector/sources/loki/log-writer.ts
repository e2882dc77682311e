// A sender of log lines that keeps the truth: what it pushed, in the sums that the collector must arrive at.
import { expect } from 'vitest';

export interface LogLine {
  /** Nanoseconds since the epoch. */
  readonly ns: bigint;
  readonly text: string;
}

/** Pushes lines of one stream, oldest first. */
export async function pushLines(
  url: string,
  stream: Readonly<Record<string, string>>,
  lines: readonly LogLine[],
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const values = lines.map(({ ns, text }) => [String(ns), text]);
  const response = await fetch(`${url}/loki/api/v1/push`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ streams: [{ stream, values }] }),
  });
  expect([response.status, await response.text()]).toEqual([204, '']);
}

/** A line at a moment in seconds, with nanoseconds after it. */
export function lineAt(seconds: number, status: number, rest = '', nanoseconds = 0): LogLine {
  return {
    ns: BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds),
    text: `status=${status} ${rest}`.trim(),
  };
}

/** `instance start` → [total, bad] in cells of a width. */
export function truthOf(
  lines: readonly LogLine[],
  width: number,
  instance: (line: LogLine) => string = () => 'shop/availability',
): Map<string, readonly [number, number]> {
  const truth = new Map<string, readonly [number, number]>();
  for (const line of lines) {
    const start = Number(line.ns / 1_000_000_000n / BigInt(width)) * width;
    const key = `${instance(line)} ${start}`;
    const [total, bad] = truth.get(key) ?? [0, 0];
    truth.set(key, [total + 1, bad + (/status=5/.test(line.text) ? 1 : 0)]);
  }
  return truth;
}
