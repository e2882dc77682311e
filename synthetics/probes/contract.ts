// The probe of the kind contract: an HTTP answer, held against an OpenAPI operation or a JSON Schema.
import { createHash } from 'node:crypto';
import { parsePlainYaml } from '../../formats/plain-yaml.ts';
import { isRecord } from '../../slo/plain-data.ts';
import type { ContractSettings } from '../checks/contract.ts';
import type { Attempt, Probe } from '../probe.ts';
import { ProbeFailure } from '../probe-failure.ts';
import { httpAnswer } from './http.ts';
import { followHttp, type HttpTools } from './http-redirects.ts';
import type { HttpResponse } from './http-response.ts';
import { findOperation, type OpenapiHeader, type OpenapiOperation } from './openapi-document.ts';
import { createSchemaStore, type SchemaStore } from './published-schemas.ts';
import {
  createSchemaValidators,
  type SchemaDialect,
  type SchemaValidators,
} from './schema-validator.ts';

/** Says what is wrong with an answer. */
type Contract = (response: HttpResponse) => readonly string[];

export function createContractProbe(tools: HttpTools): Probe {
  const validators = createSchemaValidators();
  const schemas = createSchemaStore(tools);
  const contracts = new Map<string, Contract>();
  return {
    type: 'contract',
    async run(form, attempt) {
      const { request, document } = form.settings as ContractSettings;
      // Before anything is sent: a contract that cannot be read is no fault of the target.
      const bytes = await documentBytes(schemas, document, attempt);
      const contract = readContract(contracts, validators, document, bytes);
      const result = await followHttp(tools, request, attempt);
      const answer = httpAnswer(result);
      const violations = contract(result.response);
      return {
        read: (source, argument) =>
          source === 'violations' ? violations : answer.read(source, argument),
        excerpt: (source, argument) =>
          source === 'violations' ? violations.join('; ') : answer.excerpt?.(source, argument),
      };
    },
  };
}

const MOST_CONTRACTS = 100;

/** A file is read at every try, so that a new one counts at once. */
async function documentBytes(
  schemas: SchemaStore,
  document: ContractSettings['document'],
  attempt: Attempt,
): Promise<Uint8Array> {
  if ('published' in document) return schemas.get(document, attempt);
  return attempt.file('openapi' in document ? document.openapi : document.schema);
}

/** A document is understood when it changed. */
function readContract(
  known: Map<string, Contract>,
  validators: SchemaValidators,
  document: ContractSettings['document'],
  bytes: Uint8Array,
): Contract {
  const place = 'openapi' in document ? document.operation : document.pointer;
  const key = `${createHash('sha256').update(bytes).digest('hex')} ${'openapi' in document} ${place}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const data = parse(bytes);
  const made =
    'openapi' in document
      ? operationContract(validators, key, findOperation(data, place))
      : schemaContract(validators, key, data, place);
  if (known.size >= MOST_CONTRACTS) known.clear();
  known.set(key, made);
  return made;
}

function parse(bytes: Uint8Array): unknown {
  try {
    return parsePlainYaml(new TextDecoder().decode(bytes));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ProbeFailure('setup', `the contract is neither YAML nor JSON: ${reason}`, cause);
  }
}

function schemaContract(
  validators: SchemaValidators,
  key: string,
  schema: unknown,
  pointer: string,
): Contract {
  if (!isRecord(schema)) throw new ProbeFailure('setup', 'the contract is no JSON Schema');
  const dialect = dialectOf(textOf(schema['$schema']) ?? '');
  const make = () => ({ schema: pointer === '' ? schema : placed(schema, pointer), dialect });
  const validate = validators.validator(key, make);
  return (response) => bodyViolations(response, validate);
}

/** A place in a schema, which keeps what it refers to. */
function placed(schema: Readonly<Record<string, unknown>>, pointer: string): object {
  const { $id, $schema, ...rest } = schema;
  const own = {
    ...($schema === undefined ? {} : { $schema }),
    $id: textOf($id) ?? 'contract:schema',
  };
  return {
    ...own,
    $defs: rest['$defs'],
    definitions: rest['definitions'],
    allOf: [{ $ref: `#${pointer}` }],
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function dialectOf(schema: string): SchemaDialect {
  if (/draft-0[67]/.test(schema)) return 'draft-07';
  if (schema.includes('2019-09')) return '2019-09';
  if (schema === '' || schema.includes('2020-12')) return '2020-12';
  throw new ProbeFailure(
    'setup',
    `the contract is of a dialect that is not known, ${schema.slice(0, 100)}`,
  );
}

function operationContract(
  validators: SchemaValidators,
  key: string,
  operation: OpenapiOperation,
): Contract {
  return (response) => {
    const { status, headers, body } = response;
    const described = operation.response(status);
    if (described === undefined)
      return [`status ${status} is not described; described are ${operation.statuses.join(', ')}`];
    const violations = described.headers.flatMap((header) => {
      const { schema } = header;
      const validate =
        schema &&
        validators.validator(
          `${key} ${described.status} header ${header.name}`,
          () => operation.schema(schema),
          true,
        );
      return headerViolations(header, headers.get(header.name)?.join(', '), validate);
    });
    if (described.content.length === 0) return violations;
    if (body.length === 0) return [...violations, 'body is empty'];
    const type = mediaType(response);
    const content = described.content.find((each) => includesType(each.type, type));
    if (content === undefined) {
      const types = described.content.map((each) => each.type).join(', ');
      return [...violations, `content-type ${type} is not described; described are ${types}`];
    }
    const { schema } = content;
    if (schema === undefined || !/[/+]json$/.test(type)) return violations;
    const name = `${key} ${described.status} ${content.type}`;
    const validate = validators.validator(name, () => operation.schema(schema));
    return [...violations, ...bodyViolations(response, validate)];
  };
}

function headerViolations(
  { name, required }: OpenapiHeader,
  value: string | undefined,
  validate: ((value: unknown) => string | undefined) | undefined,
): readonly string[] {
  if (value === undefined) return required ? [`header ${name} is missing`] : [];
  const problem = validate?.(value);
  return problem === undefined ? [] : [`header ${name} ${problem}`];
}

function bodyViolations(
  { body }: HttpResponse,
  validate: (value: unknown) => string | undefined,
): readonly string[] {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(body));
  } catch (error) {
    return [`body is no JSON: ${error instanceof Error ? error.message : String(error)}`];
  }
  const problem = validate(value);
  return problem === undefined ? [] : [`body ${problem}`];
}

function mediaType({ headers }: HttpResponse): string {
  return (headers.get('content-type')?.[0] ?? 'nothing').split(';')[0]?.trim().toLowerCase() ?? '';
}

/** Whether a range of media types, such as `application/*`, includes a type. */
function includesType(range: string, type: string): boolean {
  const wanted = range.split(';')[0]?.trim() ?? '';
  return (
    wanted === '*/*' ||
    wanted === type ||
    (wanted.endsWith('/*') && type.startsWith(wanted.slice(0, -1)))
  );
}
