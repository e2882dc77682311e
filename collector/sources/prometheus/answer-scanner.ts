// Reads the JSON answer of the query API as its bytes arrive: samples into columns, the rest into an envelope.
import { AnswerError } from './answer-error.ts';
import { createSampleBatch, type SampleBatch } from './sample-batch.ts';
import { readSeries } from './series-reader.ts';

/** What stands around the result. */
export interface AnswerEnvelope {
  readonly status?: string;
  readonly errorType?: string;
  readonly error?: string;
  readonly warnings?: readonly string[];
  readonly resultType?: string;
}

export interface Answer extends AnswerEnvelope {
  readonly batch: SampleBatch;
}

export interface AnswerScanner {
  /** Takes the next bytes. @throws AnswerError */
  push(bytes: Uint8Array): void;
  /** The whole answer. @throws AnswerError when it ended early */
  end(): Answer;
}

export interface AnswerLimits {
  /** Samples of one answer at most. */
  readonly samples: number;
  /** Bytes of one series, and of all that stands around the result, at most. */
  readonly pieceBytes: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** Cuts the answer at the elements of `data.result`; every element is read as soon as it is whole. */
export function createAnswerScanner(limits: AnswerLimits): AnswerScanner {
  const batch = createSampleBatch(limits.samples);
  const envelope: Buffer[] = [];
  let envelopeBytes = 0;
  let pieces: Buffer[] = [];
  let pieceBytes = 0;
  let depth = 0;
  let inString = false;
  let escaped = false;
  /** Depth of the elements while inside `data.result`; 0 outside. */
  let elements = 0;
  /** Text of the string being read at depth 1 or 2, and the key found last at each. */
  let word = '';
  const keys = ['', '', ''];

  const keep = (bytes: Buffer): void => {
    if (bytes.length === 0) return;
    envelopeBytes += bytes.length;
    if (envelopeBytes > limits.pieceBytes)
      throw new AnswerError(`the answer has over ${limits.pieceBytes} bytes around its result`);
    envelope.push(Buffer.from(bytes));
  };
  const element = (bytes: Buffer): void => {
    const whole = pieces.length === 0 ? bytes : Buffer.concat([...pieces, bytes]);
    pieces = [];
    pieceBytes = 0;
    readSeries(whole, batch);
    if (batch.full)
      throw new AnswerError(`the answer has over ${limits.samples} samples: ask for less time`);
  };

  /** Runs on to the byte that ends the element, or to the end: the loop that nearly all bytes pass, in locals alone. */
  const insideElement = (bytes: Buffer, start: number): number => {
    let [level, quoted, skip] = [depth, inString, escaped];
    let at = start;
    for (; at < bytes.length; at += 1) {
      const byte = bytes[at];
      if (quoted) {
        if (skip) skip = false;
        else if (byte === QUOTE) quoted = false;
        else if (byte === BACKSLASH) skip = true;
      } else if (byte === QUOTE) quoted = true;
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) level += 1;
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        if (level === elements + 1) break;
        level -= 1;
      }
    }
    [depth, inString, escaped] = [level, quoted, skip];
    return at;
  };

  return {
    push(chunk) {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
      const length = bytes.length;
      // Where the piece of envelope or element that is not handed on yet begins in these bytes.
      let from = 0;
      for (let at = 0; at < length; at += 1) {
        if (elements > 0 && depth > elements) {
          at = insideElement(bytes, at);
          if (at === length) break;
        }
        const byte = bytes[at];
        if (inString) {
          if (escaped) escaped = false;
          else if (byte === BACKSLASH) escaped = true;
          else if (byte === QUOTE) inString = false;
          else if (depth <= 2 && word.length < 64) word += String.fromCharCode(byte ?? 0);
          continue;
        }
        switch (byte) {
          case QUOTE:
            inString = true;
            if (depth <= 2) word = '';
            break;
          case COLON:
            if (depth <= 2) keys[depth] = word;
            break;
          case OPEN_BRACE:
          case OPEN_BRACKET:
            if (elements > 0 && depth === elements) {
              // The commas between elements belong to nobody.
              from = at;
            }
            depth += 1;
            if (
              byte === OPEN_BRACKET &&
              depth === 3 &&
              keys[1] === 'data' &&
              keys[2] === 'result' &&
              elements === 0
            ) {
              keep(bytes.subarray(from, at + 1));
              elements = depth;
              from = at + 1;
            }
            break;
          case CLOSE_BRACE:
          case CLOSE_BRACKET:
            depth -= 1;
            if (elements > 0 && depth === elements) {
              element(bytes.subarray(from, at + 1));
              from = at + 1;
            } else if (elements > 0 && depth < elements) {
              elements = 0;
              from = at;
            }
            break;
          default:
        }
      }
      if (elements === 0) keep(bytes.subarray(from));
      else if (depth > elements) {
        pieceBytes += length - from;
        if (pieceBytes > limits.pieceBytes)
          throw new AnswerError(`one series of the answer has over ${limits.pieceBytes} bytes`);
        pieces.push(Buffer.from(bytes.subarray(from)));
      }
    },
    end() {
      const text = Buffer.concat(envelope).toString('utf8');
      if (depth !== 0 || elements !== 0) throw new AnswerError('the answer ended early');
      return { ...readEnvelope(text), batch: batch.finish() };
    },
  };
}

function readEnvelope(text: string): AnswerEnvelope {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw new AnswerError(`the answer is not JSON: ${text.slice(0, 200)}`);
  }
  const { status, errorType, error, warnings, data } = (answer ?? {}) as Record<string, unknown>;
  const { resultType } = (data ?? {}) as Record<string, unknown>;
  const text200 = (value: unknown): string => String(value).slice(0, 2000);
  return {
    ...(typeof status === 'string' && { status }),
    ...(typeof errorType === 'string' && { errorType }),
    ...(typeof error === 'string' && { error: text200(error) }),
    ...(Array.isArray(warnings) && { warnings: warnings.slice(0, 20).map(text200) }),
    ...(typeof resultType === 'string' && { resultType }),
  };
}
