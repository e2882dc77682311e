// Single keys from the terminal, without Enter.
import type { ReadStream } from 'node:tty';

export interface Keyboard {
  close(): void;
}

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
/** Begins what arrow and function keys send. */
const ESCAPE = '\u001b';

/** Reads keys until closed; Ctrl-C and Ctrl-D arrive as `q`, for a terminal that tells keys sends no signals. */
export function createKeyboard(input: ReadStream, pressed: (key: string) => void): Keyboard {
  const hear = (bytes: Buffer): void => {
    const text = bytes.toString('utf8');
    if (text.startsWith(ESCAPE)) return;
    for (const key of text) pressed(key === CTRL_C || key === CTRL_D ? 'q' : key.toLowerCase());
  };
  input.setRawMode(true);
  input.on('data', hear);
  input.resume();
  return {
    close() {
      input.off('data', hear);
      input.setRawMode(false);
      input.pause();
    },
  };
}
