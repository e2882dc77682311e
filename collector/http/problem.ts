// Errors of the HTTP API as problem details (RFC 9457): one catalogue of stable types, documented in docs/api.md.
import type { FastifyReply } from 'fastify';

/** Every problem with its status and title; the type is `urn:ninefold:problem:` and the key. */
export const PROBLEMS = {
  'bad-request': { status: 400, title: 'The request cannot be understood' },
  'invalid-parameter': { status: 400, title: 'A parameter of the request is not valid' },
  'invalid-body': { status: 400, title: 'The body of the request is not valid' },
  unauthorized: { status: 401, title: 'A valid bearer token is needed' },
  forbidden: { status: 403, title: 'This caller may not do this' },
  'not-found': { status: 404, title: 'There is nothing here' },
  'method-not-allowed': { status: 405, title: 'This address does not take this method' },
  'request-timeout': { status: 408, title: 'The request did not arrive in time' },
  conflict: { status: 409, title: 'The request contradicts an earlier one' },
  'too-large': { status: 413, title: 'The body of the request is too large' },
  'address-too-long': { status: 414, title: 'The address of the request is too long' },
  'unsupported-media-type': { status: 415, title: 'The body is of a type that is not read here' },
  'misdirected-request': { status: 421, title: 'This server does not answer for that host name' },
  'unprocessable-content': { status: 422, title: 'The body is well-formed but cannot be used' },
  'too-many-requests': { status: 429, title: 'Too many requests from this caller' },
  'headers-too-large': { status: 431, title: 'The headers of the request are too large' },
  'internal-error': { status: 500, title: 'The collector failed' },
  unavailable: { status: 503, title: 'The collector cannot answer now' },
  'not-ready': { status: 503, title: 'The collector is not ready' },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

/** The media type of every error body. */
export const PROBLEM_TYPE = 'application/problem+json';

/** A problem to throw from anywhere inside a request. */
export class HttpProblem extends Error {
  readonly code: ProblemCode;
  readonly statusCode: number;
  /** Further members of the body. */
  readonly members: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  constructor(
    code: ProblemCode,
    detail: string,
    more: {
      readonly members?: Readonly<Record<string, unknown>>;
      readonly headers?: Readonly<Record<string, string>>;
      readonly cause?: unknown;
    } = {},
  ) {
    super(detail, { cause: more.cause });
    this.name = 'HttpProblem';
    this.code = code;
    this.statusCode = PROBLEMS[code].status;
    this.members = more.members ?? {};
    this.headers = more.headers ?? {};
  }
}

/** The JSON text of a problem. */
export function problemText(
  code: ProblemCode,
  detail: string,
  members: Readonly<Record<string, unknown>> = {},
): string {
  const { status, title } = PROBLEMS[code];
  return JSON.stringify({
    type: `urn:ninefold:problem:${code}`,
    title,
    status,
    detail,
    ...members,
  });
}

/** Answers with the problem. */
export function sendProblem(reply: FastifyReply, problem: HttpProblem): FastifyReply {
  return reply
    .code(problem.statusCode)
    .headers(problem.headers)
    .type(PROBLEM_TYPE)
    .send(problemText(problem.code, problem.message, problem.members));
}

/** The general problem for a status that something else decided. */
export function problemFor(status: number): ProblemCode {
  const match = Object.entries(PROBLEMS).find(([, each]) => each.status === status);
  if (match !== undefined) return match[0] as ProblemCode;
  return status >= 500 ? 'internal-error' : 'bad-request';
}
