// Opens Grafana by the options that push, pull and diff share.
import { GRAFANA_APIS, type GrafanaApiName } from '../../dashboards/delivery/placed-dashboard.ts';
import { CommandFailure } from '../failure.ts';
import type { Terminal } from '../terminal.ts';
import { createClassicApi } from './classic-api.ts';
import type { GrafanaApi } from './grafana-api.ts';
import { type ConnectionOptions, connectGrafana } from './grafana-connection.ts';
import { createResourceApi } from './resource-api.ts';

export interface GrafanaOptions extends ConnectionOptions {
  readonly api?: string | undefined;
  readonly namespace?: string | undefined;
}

export interface OpenedGrafana {
  readonly url: string;
  readonly apiName: GrafanaApiName;
  readonly api: GrafanaApi;
}

/** @throws CommandFailure when there is none, or it does not let us in */
export async function openGrafana(
  terminal: Terminal,
  options: GrafanaOptions,
): Promise<OpenedGrafana> {
  const { api: given = 'classic', namespace = 'default' } = options;
  const apiName = GRAFANA_APIS.find((each) => each === given);
  if (apiName === undefined)
    throw new CommandFailure(
      'usage',
      `--api ${given} is none of Grafana's`,
      `write one of ${GRAFANA_APIS.join(', ')}`,
    );
  if (!/^[a-z0-9-]{1,63}$/.test(namespace))
    throw new CommandFailure(
      'usage',
      `--namespace ${namespace} is no namespace`,
      'write default, org-2 or stacks-123',
    );
  const connection = await connectGrafana(options, terminal.environment, terminal.stopSignal());
  const api =
    apiName === 'classic'
      ? createClassicApi(connection)
      : createResourceApi(connection, apiName, namespace);
  await api.check();
  return { url: connection.url, apiName, api };
}
