// A request that is refused as a whole: nothing of it is counted.

export class IngestRefusal extends Error {
  readonly status: number;
  /** Seconds after which the same request may be sent again, for `Retry-After`. */
  readonly retryAfterSeconds: number | undefined;
  constructor(status: number, message: string, retryAfterSeconds?: number) {
    super(message);
    this.name = 'IngestRefusal';
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
