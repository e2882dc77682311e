// Where a link from a table to a service's page leads.
import { SERVICE_UID_PREFIX, serviceUid } from '../slo/names.ts';

/**
 * The address of a service's page from a table that has the service's name in a column. Where names are too long for
 * uids it leads to Grafana's search, which finds the page by its title.
 */
export function servicePageUrl(field: string, names: readonly string[]): string {
  const value = `\${__data.fields.${field}}`;
  if (names.some((name) => serviceUid(name) !== `${SERVICE_UID_PREFIX}${name}`))
    return `/dashboards?tag=ninefold&query=${value}`;
  return `/d/${SERVICE_UID_PREFIX}${value}?\${__url_time_range}`;
}
