// Text from outside made harmless for a terminal: one line, no terminal commands.
import { stripVTControlCharacters } from 'node:util';

/** The text without escape sequences; line breaks and other control characters become single spaces. */
export function plainText(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return stripVTControlCharacters(text).replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
}
