// Every shape that a configuration file can hold, by name.
import type { FieldText, Shape } from '../capability.ts';
import { INTEGRATIONS, integrationCapability } from '../integrations.ts';
import { PARTS } from '../integrations/parts.ts';
import { SHAPES } from '../shapes.ts';

const RECEIVER: Shape = {
  ...SHAPES.receiver,
  ...Object.fromEntries(
    Object.entries(INTEGRATIONS).map(([kind, { since }]): [string, FieldText] => [
      `${kind}_configs`,
      `${since} [${kind}]`,
    ]),
  ),
};

const OTHERS: Readonly<Record<string, Shape>> = { ...SHAPES, ...PARTS };

/** The fields of a shape, or of an integration by its kind. */
export function shapeNamed(name: string): Shape {
  if (name === 'receiver') return RECEIVER;
  const integration = integrationCapability(name);
  if (integration !== undefined) return integration.fields;
  const shape = OTHERS[name];
  if (shape === undefined) throw new Error(`no shape is called ${name}`);
  return shape;
}
