// Where the platform is reached: the public addresses that users call, and the servers behind them.

/** Every API call, the registry and the auditor stand behind this one address. */
export const GATEWAY = 'https://apis.example.com';
export const PORTAL = 'https://portal.example.com';
/** Keycloak's realm. */
export const REALM = 'https://identity.example.com/realms/governance';
export const VAULT = 'https://vault:8200';
