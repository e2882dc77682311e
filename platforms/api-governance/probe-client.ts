// Who probes are for the gateway: a client of Keycloak with a subscription of its own, whose token is fetched when it is needed.
import { fromEnvironment } from 'ninefold';
import { REALM } from './addresses.ts';

/** May call the echo API, search and publish in the registry, and ask the auditor. */
export const PROBE_CLIENT = {
  oauth2: {
    tokenUrl: `${REALM}/protocol/openid-connect/token`,
    clientId: 'ninefold-probe',
    clientSecret: fromEnvironment('GOVERNANCE_PROBE_SECRET'),
  },
} as const;
