/** Replaces a running server's configuration file and has it read again, keeping the old one when the new one is wrong. */
import { readFileSync } from 'node:fs';

/** Returns a function that writes the configuration, posts to `reloadUrl` and rejects with the server's complaint. */
export function reloadedBy(
  reloadUrl: string,
  file: string,
  write: (config: string | object) => void,
): (config: string | object) => Promise<void> {
  return async (config) => {
    const before = readFileSync(file, 'utf8');
    write(config);
    const response = await fetch(reloadUrl, {
      method: 'POST',
      signal: AbortSignal.timeout(10_000),
    });
    const complaint = await response.text();
    if (response.ok) return;
    write(before);
    throw new Error(`${reloadUrl} answered ${response.status}: ${complaint.trim()}`);
  };
}
