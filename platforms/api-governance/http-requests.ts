// The requests of a service, by the metric names of OpenTelemetry's HTTP conventions as Prometheus holds them.

/** The histogram of request durations; among its default bounds are 0.25, 0.5, 1 and 2.5 s. */
export const REQUEST_DURATION = 'http_server_request_duration_seconds';

/** Probes and scrapes are not users. Streams have no end that could be late. */
const NOT_USERS = '/health.*|/metrics';

/** Matchers of a service's user-facing requests, with more of them when given: `requestsOf('registry', 'http_route="/search"')`. */
export function requestsOf(job: string, ...matchers: readonly string[]): `{${string}}` {
  const all = [`job="${job}"`, `http_route!~"${NOT_USERS}"`, ...matchers];
  return `{${all.join(',')}}`;
}

/**
 * Counters of all requests and of failed ones. Only 5xx is a fault of the service: a 401, 404 or 429 is an answer
 * that it owes its caller.
 */
export function requestCounters(
  job: string,
  ...matchers: readonly string[]
): { readonly total: string; readonly bad: string } {
  return {
    total: `${REQUEST_DURATION}_count${requestsOf(job, ...matchers)}`,
    bad: `${REQUEST_DURATION}_count${requestsOf(job, ...matchers, 'http_response_status_code=~"5.."')}`,
  };
}
