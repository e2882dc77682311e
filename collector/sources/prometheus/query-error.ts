// A query that failed, with what the operator needs to see: the query, the server's words, whether waiting helps.

export interface QueryErrorOptions {
  /** Whether the same query may succeed later. */
  readonly retryable: boolean;
  readonly query: string;
  readonly status: number | undefined;
  readonly cause?: unknown;
}

export class QueryError extends Error {
  readonly retryable: boolean;
  readonly query: string;
  /** HTTP status, when there was an answer. */
  readonly status: number | undefined;
  constructor(message: string, { retryable, query, status, cause }: QueryErrorOptions) {
    super(`${message} (query: ${query.length > 500 ? `${query.slice(0, 500)}…` : query})`, {
      cause,
    });
    this.name = 'QueryError';
    this.retryable = retryable;
    this.query = query;
    this.status = status;
  }
}
