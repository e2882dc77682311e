// Why a try went wrong: one code for each way, what it means, and whether a retry policy for the network covers it.

interface FailureRule {
  readonly meaning: string;
  /** `error`: nothing was learnt about the target, so the run is neither good nor bad. */
  readonly verdict: 'failed' | 'error';
  /** Whether the network may be to blame, and another try may help. */
  readonly network: boolean;
}

export const FAILURES = {
  timeout: { meaning: 'it did not end in time', verdict: 'failed', network: true },
  dns: { meaning: 'the name did not resolve', verdict: 'failed', network: true },
  connect: { meaning: 'no connection was made', verdict: 'failed', network: true },
  tls: { meaning: 'the TLS handshake failed', verdict: 'failed', network: true },
  certificate: { meaning: 'the certificate is not accepted', verdict: 'failed', network: false },
  cut: { meaning: 'the connection ended too early', verdict: 'failed', network: true },
  protocol: { meaning: 'the answer breaks its protocol', verdict: 'failed', network: false },
  'too-large': {
    meaning: 'the answer is larger than its limit',
    verdict: 'failed',
    network: false,
  },
  redirects: { meaning: 'redirects lead nowhere', verdict: 'failed', network: false },
  extraction: { meaning: 'a variable is not in the answer', verdict: 'failed', network: false },
  expectation: { meaning: 'an expectation is not met', verdict: 'failed', network: false },
  slow: { meaning: 'it took longer than its limit', verdict: 'failed', network: false },
  setup: {
    meaning: 'the check cannot be tried here: a secret or a file is missing',
    verdict: 'error',
    network: false,
  },
  stopped: { meaning: 'the program ended meanwhile', verdict: 'error', network: false },
  internal: { meaning: 'the probe itself failed', verdict: 'error', network: false },
} as const satisfies Record<string, FailureRule>;

export type FailureCode = keyof typeof FAILURES;

/** What a probe throws. The message is one sentence part for people, with the values that matter; secrets are masked later. */
export class ProbeFailure extends Error {
  readonly code: FailureCode;
  constructor(code: FailureCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.name = 'ProbeFailure';
    this.code = code;
  }

  /** Whether another try may help. */
  get retryable(): boolean {
    return FAILURES[this.code].network;
  }
}
