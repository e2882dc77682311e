// A query to Loki that failed, with what the operator needs to see.

export class LokiError extends Error {
  /** Whether the same query may succeed later. */
  readonly retryable: boolean;
  /** Whether a shorter range may succeed: a limit was hit, or time ran out. */
  readonly tooMuch: boolean;
  constructor(
    message: string,
    options: { readonly retryable: boolean; readonly tooMuch: boolean; readonly cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.name = 'LokiError';
    this.retryable = options.retryable;
    this.tooMuch = options.tooMuch;
  }
}
