// All checks as a workflow of a forge that runs GitHub Actions: on request and after a deployment, with a report for its test view.
import { writeYaml } from '../../formats/yaml-writer.ts';
import type { Check } from '../check.ts';
import { neededVariables } from './job-needs.ts';

const MINUTES = 15;

/** The workflow, as YAML. Checks run from the workspace itself, so that a change of them is tried before it is deployed. */
export function ciWorkflow(checks: readonly Check[]): string {
  const variables = neededVariables(checks);
  const secrets = Object.fromEntries(
    variables.map((name) => [name, `\${{ secrets.${name} }}`] as const),
  );
  return writeYaml({
    name: 'probes',
    on: { workflow_dispatch: {}, workflow_call: {}, deployment_status: {} },
    permissions: { contents: 'read' },
    jobs: {
      probe: {
        'runs-on': 'ubuntu-latest',
        'timeout-minutes': MINUTES,
        steps: [
          { uses: 'actions/checkout@v4' },
          { uses: 'actions/setup-node@v4', with: { 'node-version': 24 } },
          { run: 'npm ci' },
          {
            name: 'Try the checks',
            run: 'npx ninefold probe . --junit probes.xml',
            ...(variables.length === 0 ? {} : { env: secrets }),
          },
          {
            name: 'Keep the report',
            if: 'always()',
            uses: 'actions/upload-artifact@v4',
            with: { name: 'probes', path: 'probes.xml' },
          },
        ],
      },
    },
  });
}
