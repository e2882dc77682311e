// Where a link from a table to a service's page leads.
import { serviceUid, serviceUidPrefix, workspaceUid } from '../slo/names.ts';

/**
 * The address of a service's page from a table that has the service's name in a column. Where names are too long for
 * uids it leads to Grafana's search, which finds the page by its title.
 */
export function servicePageUrl(
  field: string,
  names: readonly string[],
  workspace?: string,
): string {
  const value = `\${__data.fields.${field}}`;
  const prefix = serviceUidPrefix(workspace);
  if (names.some((name) => serviceUid(name, workspace) !== `${prefix}${name}`))
    return `/dashboards?tag=${workspaceUid(workspace)}&query=${value}`;
  return `/d/${prefix}${value}?\${__url_time_range}`;
}
