// What Clipper's API promises: requests that succeed, quickly, and an API that is up when asked.
import { defineSlo, prometheusGauge, prometheusLatency, prometheusRatio } from 'ninefold';
import { api } from './services.ts';

const REQUESTS = 'http_server_request_duration_seconds';
const users = '{job="clipper-api",http_route!~"/health.*|/metrics"}';
const failures =
  '{job="clipper-api",http_route!~"/health.*|/metrics",http_response_status_code=~"5.."}';

export const availability = defineSlo({
  service: api,
  name: 'availability',
  description: 'Requests that do not fail; 4xx answers are the caller’s.',
  objective: '99.9%',
  sli: prometheusRatio({ total: `${REQUESTS}_count${users}`, bad: `${REQUESTS}_count${failures}` }),
});

export const latency = defineSlo({
  service: api,
  name: 'latency',
  description: 'Requests that are answered within 500 ms.',
  objective: '99%',
  sli: prometheusLatency({ histogram: REQUESTS, selector: users, atMost: '500ms' }),
});

export const health = defineSlo({
  service: api,
  name: 'health',
  description: 'Minutes in which the shallow health check answered from outside.',
  objective: '99.5%',
  sli: prometheusGauge({ expression: 'max(probe_success{probe="health"})', goodWhen: '== 1' }),
});
