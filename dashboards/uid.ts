// Uids of the dashboards that Ninefold makes: links point at them, so they never change.

/** What Grafana takes. */
export const LONGEST_UID = 40;

export const PAGE_UIDS = {
  overview: 'ninefold-slo-overview',
  onCall: 'ninefold-on-call',
  collector: 'ninefold-collector',
  sla: 'ninefold-sla',
  business: 'ninefold-business',
} as const;

const SERVICE = 'ninefold-s-';

/** The uid of a service's page; of a name that is too long, its beginning and a checksum. */
export function serviceUid(name: string): string {
  const uid = `${SERVICE}${name}`;
  if (uid.length <= LONGEST_UID) return uid;
  return `${uid.slice(0, LONGEST_UID - 9)}-${checksum(name)}`;
}

/**
 * The address of a service's page from a table that has the service's name in a column. Where names are too long for
 * uids it leads to Grafana's search, which finds the page by its title.
 */
export function servicePageUrl(field: string, names: readonly string[]): string {
  const value = `\${__data.fields.${field}}`;
  if (names.some((name) => serviceUid(name) !== `${SERVICE}${name}`))
    return `/dashboards?tag=ninefold&query=${value}`;
  return `/d/${SERVICE}${value}?\${__url_time_range}`;
}

/** FNV-1a of 32 bits, in eight hexadecimal digits. */
function checksum(text: string): string {
  let hash = 0x81_1c_9d_c5;
  for (let at = 0; at < text.length; at += 1) {
    hash ^= text.charCodeAt(at);
    hash = Math.imul(hash, 0x01_00_01_93);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
