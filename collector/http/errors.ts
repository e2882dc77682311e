// Turns whatever goes wrong inside a request into a problem that says what to change, and logs what is our own fault.
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { Log } from '../log.ts';
import { StoreError } from '../stores/store.ts';
import {
  HttpProblem,
  PROBLEM_TYPE,
  type ProblemCode,
  PROBLEMS,
  problemFor,
  problemText,
  sendProblem,
} from './problem.ts';

/** Answers for an error; the reason of an internal one stays in the log. */
export function answerError(
  log: Log,
): (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => void {
  return (error, request, reply) => {
    const problem = asProblem(error);
    if (problem.statusCode >= 500)
      log.error(
        { error, method: request.method, route: request.routeOptions.url },
        'request failed',
      );
    void sendProblem(reply, problem);
  };
}

function asProblem(error: FastifyError): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (hasZodFastifySchemaValidationErrors(error)) return invalid(error);
  if (error instanceof StoreError)
    return new HttpProblem('unavailable', 'The store does not answer; try again later.', {
      headers: { 'retry-after': '5' },
    });
  const status = error.statusCode ?? 500;
  if (status < 500) return new HttpProblem(problemFor(status), error.message);
  if (status === 503) return new HttpProblem('unavailable', error.message);
  return new HttpProblem(
    'internal-error',
    'The collector failed on this request; its log says why.',
  );
}

function invalid(error: FastifyError): HttpProblem {
  const errors = (error.validation ?? []).slice(0, 20).map(({ instancePath, message }) => ({
    parameter: instancePath.replace(/^\//, ''),
    detail: message ?? 'is not valid',
  }));
  const first = errors[0];
  const code = error.validationContext === 'body' ? 'invalid-body' : 'invalid-parameter';
  const where = first?.parameter === '' ? '' : `${first?.parameter}: `;
  return new HttpProblem(code, `${where}${first?.detail ?? 'not valid'}`, { members: { errors } });
}

/** What Node refuses before there is a request: malformed, oversized or too slow. */
export function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const code: ProblemCode =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? 'headers-too-large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? 'request-timeout'
        : 'bad-request';
  const { status, title } = PROBLEMS[code];
  const body = problemText(code, `${title}.`);
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    `content-type: ${PROBLEM_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
