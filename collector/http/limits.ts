// The limits of the HTTP service: every size, rate and time that an outsider controls.

export interface HttpLimits {
  /** Bytes of one telemetry body as sent. @default 8388608 */
  readonly bodyBytes: number;
  /** Bytes of all headers and the address of a request. @default 16384 */
  readonly headerBytes: number;
  /** Seconds for a request to arrive whole, and as long again for its answer. @default 30 */
  readonly requestSeconds: number;
  /** Requests a minute from one address to the reading routes. @default 3000 */
  readonly requestsPerMinute: number;
  /** The same for each route that takes telemetry. @default 60000 */
  readonly telemetryRequestsPerMinute: number;
  /** Open connections at a time. @default 1000 */
  readonly connections: number;
  /** Delay of the event loop above which new requests are told to come back; 0: never. @default 3000 */
  readonly eventLoopDelayMs: number;
}

export const HTTP_LIMITS: HttpLimits = Object.freeze({
  bodyBytes: 8_388_608,
  headerBytes: 16_384,
  requestSeconds: 30,
  requestsPerMinute: 3000,
  telemetryRequestsPerMinute: 60_000,
  connections: 1000,
  eventLoopDelayMs: 3000,
});
